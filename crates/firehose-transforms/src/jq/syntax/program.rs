//! Compiles the text of a filter on a thread of its own, whose stack fits the text.

use std::thread;

use super::{
    super::{fidelity::Fidelity, filter_error::JqFilterError},
    compile::Compiler,
    node::{Node, Program},
    parse::parse,
    root_parts::root_parts,
};

/// The longest text of a filter, in bytes.
const MAX_TEXT_BYTES: usize = 16 * 1024;

/// The stack that the recursive parser needs for each byte of a text, in a debug build. The system
/// allocates only the memory that the parser touches.
const STACK_BYTES_PER_BYTE: usize = 16 * 1024;

/// Compiles a filter.
pub(crate) fn compile(text: &str, fidelity: Fidelity) -> Result<Program, JqFilterError> {
    if text.len() > MAX_TEXT_BYTES {
        let problem = format!("the filter is longer than {MAX_TEXT_BYTES} bytes");
        return Err(JqFilterError::new(problem, text, text));
    }
    let stack_bytes = 2 * 1024 * 1024 + text.len() * STACK_BYTES_PER_BYTE;
    let compiled = thread::scope(|scope| {
        let builder = thread::Builder::new().name("jq-compiler".to_owned()).stack_size(stack_bytes);
        let compiler = builder.spawn_scoped(scope, || compile_here(text, fidelity)).ok()?;
        compiler.join().ok()
    });
    compiled.unwrap_or_else(|| {
        Err(JqFilterError::new("the thread that compiles the filter did not finish", text, text))
    })
}

fn compile_here(text: &str, fidelity: Fidelity) -> Result<Program, JqFilterError> {
    let term = parse(text)?;
    let mut compiler = Compiler::new(text, fidelity);
    let main = compiler.term(&term)?;
    let functions: Option<Vec<Node>> = compiler.functions.into_iter().collect();
    match functions {
        Some(functions) => Ok(Program { root: root_parts(&main), main, functions, fidelity }),
        None => Err(JqFilterError::new("a function has no body", text, text)),
    }
}
