use std::{fmt, ops::Range};

use regex::Regex;

use crate::redact::{
    patterns::{aws_keys, credit_card, email, ipv4, ipv6, jwt, phone},
    redact_error::RedactError,
    searched_text::{SearchedText, TextClass, View},
};

/// A detector of one kind of secret or personal data, for [`Redact`](crate::redact::Redact).
///
/// The [module docs](crate::redact) define each detector.
#[derive(Clone)]
pub struct Detector {
    kind: DetectorKind,
}

#[derive(Clone)]
enum DetectorKind {
    Email,
    Ipv4,
    Ipv6,
    CreditCard,
    Phone,
    Jwt,
    AwsAccessKeyId,
    AwsSecretKey,
    Custom { name: Box<str>, regex: Regex },
}

impl Detector {
    /// The maximum number of matches of a custom pattern in one text: 10,000. If there are more, the rest
    /// of the text from the next match on is one match.
    ///
    /// The limit bounds the time: with some patterns, the crate `regex` reads the text to its end for
    /// every match.
    pub const MAX_OWN_FINDS: usize = 10_000;

    /// The names of the built-in detectors, which need no pattern.
    pub const NAMES: [&'static str; 8] = [
        "email",
        "ipv4",
        "ipv6",
        "credit_card",
        "phone",
        "jwt",
        "aws_access_key_id",
        "aws_secret_key",
    ];

    /// Email addresses: `email`.
    pub const EMAIL: Self = Self { kind: DetectorKind::Email };
    /// IPv4 addresses: `ipv4`.
    pub const IPV4: Self = Self { kind: DetectorKind::Ipv4 };
    /// IPv6 addresses: `ipv6`.
    pub const IPV6: Self = Self { kind: DetectorKind::Ipv6 };
    /// Card numbers: `credit_card`.
    pub const CREDIT_CARD: Self = Self { kind: DetectorKind::CreditCard };
    /// Phone numbers: `phone`.
    pub const PHONE: Self = Self { kind: DetectorKind::Phone };
    /// JSON Web Tokens: `jwt`.
    pub const JWT: Self = Self { kind: DetectorKind::Jwt };
    /// Ids of AWS access keys: `aws_access_key_id`.
    pub const AWS_ACCESS_KEY_ID: Self = Self { kind: DetectorKind::AwsAccessKeyId };
    /// Secret AWS access keys: `aws_secret_key`.
    pub const AWS_SECRET_KEY: Self = Self { kind: DetectorKind::AwsSecretKey };

    /// Returns the built-in detector with this name, one of [`NAMES`](Self::NAMES).
    ///
    /// ```
    /// use firehose_transforms::redact::Detector;
    ///
    /// assert_eq!(Detector::from_name("jwt")?.name(), "jwt");
    /// let error = Detector::from_name("mail").unwrap_err();
    /// assert!(error.to_string().starts_with("`mail` is not a detector; choose one of email, ipv4,"));
    /// # Ok::<_, firehose_transforms::redact::RedactError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If no built-in detector has the name. The error lists all names.
    pub fn from_name(name: &str) -> Result<Self, RedactError> {
        let all = [
            Self::EMAIL,
            Self::IPV4,
            Self::IPV6,
            Self::CREDIT_CARD,
            Self::PHONE,
            Self::JWT,
            Self::AWS_ACCESS_KEY_ID,
            Self::AWS_SECRET_KEY,
        ];
        let found = all.into_iter().find(|detector| detector.name() == name);
        found.ok_or_else(|| RedactError::unknown_detector(name, &Self::NAMES))
    }

    /// Creates a detector from a pattern of the crate
    /// [`regex`](https://docs.rs/regex/latest/regex/#syntax), which has no look-around and no
    /// back-references. Empty matches are ignored.
    ///
    /// # Errors
    ///
    /// If the pattern is not valid, or is too large.
    pub fn from_pattern(name: &str, pattern: &str) -> Result<Self, RedactError> {
        let regex = Regex::new(pattern).map_err(|error| RedactError::pattern(name, &error))?;
        Ok(Self { kind: DetectorKind::Custom { name: name.into(), regex } })
    }

    /// Returns the name, which takes the place of `{name}` in a replacement text.
    pub fn name(&self) -> &str {
        match &self.kind {
            DetectorKind::Email => "email",
            DetectorKind::Ipv4 => "ipv4",
            DetectorKind::Ipv6 => "ipv6",
            DetectorKind::CreditCard => "credit_card",
            DetectorKind::Phone => "phone",
            DetectorKind::Jwt => "jwt",
            DetectorKind::AwsAccessKeyId => "aws_access_key_id",
            DetectorKind::AwsSecretKey => "aws_secret_key",
            DetectorKind::Custom { name, .. } => name,
        }
    }

    /// Calls `found` with the range of each match in a text.
    ///
    /// A text with JSON escapes is also searched with its escapes decoded, so that a secret with an escape
    /// inside is found. No match has only a part of an escape.
    pub(super) fn find(&self, searched: &SearchedText<'_>, found: &mut dyn FnMut(Range<usize>)) {
        let Some((decoded, view)) = &searched.decoded else {
            self.find_in_view(&searched.view, found);
            return;
        };
        self.find_in_view(&searched.view, &mut |range| found(decoded.with_whole_escapes(range)));
        self.find_in_view(view, &mut |range| found(decoded.original(range)));
    }

    fn find_in_view(&self, view: &View<'_>, found: &mut dyn FnMut(Range<usize>)) {
        let class = view.class;
        let text = &*view.without_escapes;
        match &self.kind {
            DetectorKind::Email if class.has(TextClass::AT | TextClass::POINT) => {
                email::find(text, found);
            }
            DetectorKind::Ipv4 if class.has(TextClass::POINT) && class.digits >= 4 => {
                ipv4::find(text, found);
            }
            DetectorKind::Ipv6 if class.has(TextClass::COLON) => ipv6::find(text, found),
            DetectorKind::CreditCard if class.digits >= 13 => credit_card::find(text, found),
            DetectorKind::Phone if class.digits >= 8 => phone::find(text, found),
            DetectorKind::Jwt if class.has(TextClass::POINT | TextClass::UPPER) => {
                jwt::find(text, found);
            }
            DetectorKind::AwsAccessKeyId if class.has(TextClass::UPPER) => {
                aws_keys::find_key_ids(text, found);
            }
            DetectorKind::AwsSecretKey
                if class.length >= aws_keys::SECRET_KEY_BYTES
                    && class.digits > 0
                    && class.has(TextClass::UPPER) =>
            {
                aws_keys::find_secret_keys(text, found);
            }
            DetectorKind::Custom { regex, .. } => {
                let text = view.text;
                let ranges = regex.find_iter(text).map(|it| it.range());
                for (number, range) in ranges.filter(|range| !range.is_empty()).enumerate() {
                    if number == Self::MAX_OWN_FINDS {
                        found(range.start..text.len());
                        break;
                    }
                    found(range);
                }
            }
            _ => {}
        }
    }
}

impl fmt::Debug for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Detector({})", self.name())
    }
}
