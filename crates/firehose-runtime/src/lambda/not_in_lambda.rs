use std::{env, error, fmt};

/// An error for a process that was not started by Lambda, or by an emulator of Lambda.
#[derive(Clone, PartialEq, Eq)]
pub struct NotInLambda {
    variable: &'static str,
}

impl NotInLambda {
    /// Checks the variables that `lambda_runtime` would panic without.
    pub(super) fn check() -> Result<(), Self> {
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        for variable in
            ["AWS_LAMBDA_RUNTIME_API", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION"]
        {
            if !is_set(variable) {
                return Err(Self { variable });
            }
        }
        let variable = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE";
        match env::var(variable).map(|size| size.parse::<i32>()) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Self { variable }),
        }
    }
}

impl fmt::Display for NotInLambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "this is a Lambda function, and Lambda did not start it: {} is not set or not valid. \
             To run it here, use `firehose-local invoke --binary <this file> <event.json>` \
             or `cargo lambda watch`",
            self.variable
        )
    }
}

/// Formats like `Display`, because a `main` that returns an error prints its `Debug` form.
impl fmt::Debug for NotInLambda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl error::Error for NotInLambda {}
