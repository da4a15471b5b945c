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

/// Replaces each quoted text in the options that contains `key`, `secret`, `token` or `password`,
/// such as `'aws_access_key_id=...;aws_secret_access_key=...'`, by a placeholder.
fn hide_credentials(options: &str) -> String {
    let mut shown = String::with_capacity(options.len());
    for (index, part) in options.split('\'').enumerate() {
        if index > 0 {
            shown.push('\'');
        }
        let is_quoted = index % 2 == 1;
        let lower = part.to_ascii_lowercase();
        let is_secret = ["key", "secret", "token", "password"].iter().any(|it| lower.contains(it));
        shown.push_str(if is_quoted && is_secret { "<credentials>" } else { part });
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
        let found = command(None, Some("ENCRYPTED master_symmetric_key 's3cretKEY' delimiter ';'"));
        // The name of the option stays, and so do other texts in quotes.
        assert!(found.ends_with("master_symmetric_key '<credentials>' delimiter ';';"), "{found}");
        let text = "ACCESS_KEY_ID 'AKIA' credentials 'aws_secret_access_key=abc'";
        assert!(!command(None, Some(text)).contains("abc"));
    }
}
