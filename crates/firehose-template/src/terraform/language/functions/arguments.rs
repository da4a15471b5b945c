use crate::terraform::language::value::Fault;

/// Returns the fault of a call with wrong arguments.
pub(super) fn wrong_arguments(name: &str) -> Fault {
    Fault::new(format!("the arguments of the function {name} are wrong"))
}
