use super::s3_destination_config::S3DestinationConfig;

/// A Redshift destination: objects in S3, and the command that copies them into a table. The
/// properties are those of
/// <https://docs.aws.amazon.com/firehose/latest/APIReference/API_RedshiftDestinationConfiguration.html>.
#[derive(Clone, Debug, PartialEq)]
pub struct RedshiftConfig {
    /// The table.
    pub table: String,
    /// The columns of the table, as the text of the configuration.
    pub columns: Option<String>,
    /// The options of the `COPY` command.
    pub copy_options: Option<String>,
    /// The intermediate destination, from which Redshift copies.
    pub intermediate: S3DestinationConfig,
}

impl RedshiftConfig {
    /// Returns the `COPY` command for the objects of a manifest, with placeholders for the manifest
    /// and for the credentials.
    ///
    /// AWS's console shows the command in this form. The guide says that Firehose copies the
    /// objects of a manifest:
    /// <https://docs.aws.amazon.com/firehose/latest/dev/retry.html#dd-retry-rs>.
    pub fn copy_command(&self) -> String {
        let Self { table, columns, copy_options, intermediate } = self;
        let columns = columns.as_deref().filter(|it| !it.is_empty());
        let columns = columns.map(|columns| format!(" ({columns})")).unwrap_or_default();
        let options = copy_options.as_deref().filter(|it| !it.is_empty());
        let options = options.map(|options| format!(" {}", hide_credentials(options)));
        format!(
            "COPY {table}{columns} FROM 's3://{}/<manifest>' CREDENTIALS '<credentials>' \
             MANIFEST{};",
            intermediate.bucket,
            options.unwrap_or_default()
        )
    }
}

/// Words for credentials, in the name of an option or in its value.
const CREDENTIAL_WORDS: [&str; 5] = ["credential", "key", "password", "secret", "token"];

/// Replaces the quoted value of each option for credentials by a placeholder. The word is in the name
/// of the option, as in `MASTER_SYMMETRIC_KEY '...'`, or in the value itself, as in
/// `'aws_access_key_id=...;aws_secret_access_key=...'`.
fn hide_credentials(options: &str) -> String {
    let is_secret = |text: &str| {
        let text = text.to_ascii_lowercase();
        CREDENTIAL_WORDS.iter().any(|word| text.contains(word))
    };
    let mut shown = String::with_capacity(options.len());
    let (mut follows_name, mut is_hidden) = (false, false);
    for (index, part) in options.split('\'').enumerate() {
        if index > 0 {
            shown.push('\'');
        }
        let is_quoted = index % 2 == 1;
        if is_quoted {
            is_hidden = is_hidden || follows_name || is_secret(part);
            shown.push_str(if is_hidden { "<credentials>" } else { part });
        } else {
            shown.push_str(part);
            // Two quotes in a quoted value stand for one, so the value goes on after them.
            if !part.is_empty() {
                (follows_name, is_hidden) = (is_secret(part), false);
            }
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(columns: Option<&str>, options: Option<&str>) -> String {
        let intermediate =
            S3DestinationConfig { bucket: "b".to_owned(), ..S3DestinationConfig::default() };
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let config = RedshiftConfig {
            table: "public.t".to_owned(),
            columns: owned(columns),
            copy_options: owned(options),
            intermediate,
        };
        config.copy_command()
    }

    #[test]
    fn the_command_has_the_columns_and_the_options() {
        insta::assert_snapshot!(
            [
                command(None, None),
                command(Some(""), Some("")),
                command(Some("a,b"), Some("json 'auto' gzip region 'eu-west-1'")),
            ]
            .join("\n"),
            @r"
        COPY public.t FROM 's3://b/<manifest>' CREDENTIALS '<credentials>' MANIFEST;
        COPY public.t FROM 's3://b/<manifest>' CREDENTIALS '<credentials>' MANIFEST;
        COPY public.t (a,b) FROM 's3://b/<manifest>' CREDENTIALS '<credentials>' MANIFEST json 'auto' gzip region 'eu-west-1';
        "
        );
    }

    #[test]
    fn credentials_in_the_options_are_hidden() {
        let shown = |options: &str| {
            let command = command(None, Some(options));
            command.split_once("MANIFEST ").unwrap().1.to_owned()
        };
        // The names of the options stay, and so do other texts in quotes.
        assert_eq!(
            shown("ENCRYPTED MASTER_SYMMETRIC_KEY 'abcd1234' DELIMITER ';'"),
            "ENCRYPTED MASTER_SYMMETRIC_KEY '<credentials>' DELIMITER ';';"
        );
        assert_eq!(
            shown("access_key_id 'AKIA' session_token AS 'x' NULL AS 'n'"),
            "access_key_id '<credentials>' session_token AS '<credentials>' NULL AS 'n';"
        );
        assert_eq!(shown("json 'aws_secret_access_key=abc'"), "json '<credentials>';");
        assert!(!shown("CREDENTIALS 'abc''xyz' gzip").contains("xyz"));
        assert!(!shown("CREDENTIALS 'no end").contains("no end"));
        assert_eq!(shown("NULL 'it''s' gzip"), "NULL 'it''s' gzip;");
    }
}
