use std::collections::BTreeMap;

/// The paths of the values of a template, as errors, warnings and notes show them.
///
/// A document that was translated from other code has the paths of that code.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Paths<'a> {
    addresses: Option<&'a Addresses>,
}

/// The paths of the values in the code from which a document was translated. In such a document, the
/// logical id of a resource is its address in that code, such as `aws_kinesis_stream.source`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses {
    /// The path of each value, by the path of its mapping and its key.
    children: BTreeMap<(String, String), String>,
    /// The names of resources in place of logical ids, by logical id.
    labels: BTreeMap<String, String>,
}

impl Addresses {
    /// Adds the path of the key of a mapping.
    pub(crate) fn add(&mut self, parent: &str, key: &str, path: String) {
        self.children.insert((parent.to_owned(), key.to_owned()), path);
    }

    /// Adds the name that stands for an unknown name of a resource.
    pub(crate) fn add_label(&mut self, id: &str, label: &str) {
        self.labels.insert(id.to_owned(), label.to_owned());
    }

    fn child(&self, parent: &str, key: &str) -> String {
        let known = self.children.get(&(parent.to_owned(), key.to_owned()));
        known.cloned().unwrap_or_else(|| format!("{parent}.{}", terraform_name(key)))
    }
}

impl<'a> Paths<'a> {
    /// Creates the paths of a template, or of the code with these `addresses`.
    pub(super) fn new(addresses: Option<&'a Addresses>) -> Self {
        Self { addresses }
    }

    /// Returns the path of a resource.
    pub(super) fn resource(self, id: &str) -> String {
        match self.addresses {
            None => format!("Resources.{id}"),
            Some(_) => id.to_owned(),
        }
    }

    /// Returns the path of a section of a resource, such as `Resources.Stream.Properties`.
    pub(super) fn section(self, id: &str, section: &str) -> String {
        match self.addresses {
            None => format!("Resources.{id}.{section}"),
            Some(_) => id.to_owned(),
        }
    }

    /// Returns the path of a key of a mapping. `key` can be several keys, with dots between them.
    pub(super) fn child(self, parent: &str, key: &str) -> String {
        match self.addresses {
            None => format!("{parent}.{key}"),
            Some(addresses) => {
                key.split('.').fold(parent.to_owned(), |path, key| addresses.child(&path, key))
            }
        }
    }

    /// Returns the name that stands for an unknown name of a resource: the logical id, or the name
    /// in the other code.
    pub(super) fn label(self, id: &str) -> String {
        let label = self.addresses.and_then(|addresses| addresses.labels.get(id));
        label.map_or_else(|| id.to_owned(), String::clone)
    }
}

/// Returns the name of Terraform for a property, such as `bucket_arn` for `BucketARN`.
fn terraform_name(property: &str) -> String {
    let characters: Vec<char> = property.chars().collect();
    let mut name = String::new();
    for (index, character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| characters[before]);
        let begins_word = character.is_ascii_uppercase()
            && before.is_some_and(|before| {
                let next = characters.get(index + 1).is_some_and(char::is_ascii_lowercase);
                !before.is_ascii_uppercase() || next
            });
        if begins_word && !name.ends_with('_') {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_terraform_has_underscores() {
        for (property, name) in [
            ("BucketARN", "bucket_arn"),
            ("ErrorOutputPrefix", "error_output_prefix"),
            ("S3BackupMode", "s3_backup_mode"),
            ("MemorySize", "memory_size"),
            ("MY_VARIABLE", "my_variable"),
        ] {
            assert_eq!(terraform_name(property), name);
        }
    }

    #[test]
    fn a_path_is_that_of_the_other_code() {
        let mut addresses = Addresses::default();
        addresses.add("t.x", "KinesisSource", "t.x.kinesis[0]".to_owned());
        let paths = Paths::new(Some(&addresses));
        assert_eq!(paths.child("t.x", "KinesisSource.StreamARN"), "t.x.kinesis[0].stream_arn");
        let paths = Paths::default();
        assert_eq!(paths.child(&paths.resource("X"), "A.B"), "Resources.X.A.B");
    }
}
