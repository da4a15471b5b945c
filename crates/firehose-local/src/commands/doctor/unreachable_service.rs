/// Returns `true` if an error is that of a call to AWS or over the network, which may fail only here.
pub(super) fn is_unreachable_service(error: &str) -> bool {
    const WORDS: [&str; 14] = [
        "Credentials",
        "credentials",
        "EndpointConnectionError",
        "UnrecognizedClient",
        "InvalidClientTokenId",
        "InvalidSignature",
        "ExpiredToken",
        "AccessDenied",
        "ResourceNotFoundException",
        "Could not put record",
        "ConnectionError",
        "ENOTFOUND",
        "ECONNREFUSED",
        "NoRegionError",
    ];
    WORDS.iter().any(|word| error.contains(word))
}
