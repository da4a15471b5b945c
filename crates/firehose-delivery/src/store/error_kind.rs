/// The kinds of a store's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// The text is not the location of a store, or a folder's path leads to a file.
    BadLocation,
    /// The endpoint of S3 is not a URL that can be used.
    BadEndpoint,
    /// The store cannot have an object with this key. Objects with other keys are not affected.
    BadKey,
    /// No space is left, or the user's quota is used up.
    Full,
    /// Credentials are missing, or do not permit the action.
    Denied,
    /// The folder, bucket, file or object is missing.
    NotFound,
    /// No connection to the endpoint.
    Unreachable,
    /// The certificate of the endpoint is not trusted.
    Untrusted,
    /// The server answers, but is not available (HTTP 500, 502, 503 or 504).
    Unavailable,
    /// The store took longer than [`StoreOptions::timeout`](super::StoreOptions::timeout) allows.
    TimedOut,
    /// The object is damaged, or has a line that is too long.
    BadContent,
    /// Any other error.
    Other,
}
