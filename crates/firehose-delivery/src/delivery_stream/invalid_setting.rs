/// A setting of a delivery stream that the check may find fault with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    Name,
    KinesisStream,
    Prefix,
    ErrorOutputPrefix,
    BufferSize,
    Lambda,
}

/// What AWS would not deploy, or what is not simulated.
#[derive(Debug)]
pub struct InvalidSetting {
    pub setting: Setting,
    pub reason: String,
    /// Whether AWS may well take it.
    pub is_not_simulated: bool,
}
