use serde::{Deserialize, Serialize};

use super::input_format::InputFormat;

/// The files of an input and their format, by which a run that resumes an earlier run recognizes
/// the input.
///
/// The manifest does not detect a file whose content has changed and whose length is the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputManifest {
    /// The format of the files; `None` if no reader produced the input.
    pub format: Option<InputFormat>,
    /// The files, in the order in which they are read.
    pub files: Vec<ManifestFile>,
}

/// A file of an input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// The path as the user named it, or as it was found in a folder; `-` for standard input.
    pub file: String,
    /// The length of the file when the reader was opened, in bytes, before unpacking; `None` for
    /// standard input and for pipes.
    pub bytes: Option<u64>,
}

impl InputManifest {
    /// Returns the first difference from the input of an earlier run, in words; `None` if there is
    /// no difference.
    pub fn difference_from(&self, earlier: &Self) -> Option<String> {
        if self.format != earlier.format {
            let name = |manifest: &Self| manifest.format.map_or("unknown", InputFormat::name);
            return Some(format!("the format was {}, and is {}", name(earlier), name(self)));
        }
        let (now, before) = (&self.files, &earlier.files);
        for (index, (file, was)) in now.iter().zip(before).enumerate() {
            if file.file != was.file {
                let (number, was, file) = (index + 1, &was.file, &file.file);
                return Some(format!("file {number} was {was}, and is {file}"));
            }
            if file.bytes != was.bytes {
                let length = |file: &ManifestFile| match file.bytes {
                    Some(bytes) => format!("{bytes} bytes"),
                    None => "an unknown length".to_owned(),
                };
                return Some(format!(
                    "{} had {}, and has {}",
                    file.file,
                    length(was),
                    length(file)
                ));
            }
        }
        (now.len() != before.len())
            .then(|| format!("the number of files was {}, and is {}", before.len(), now.len()))
    }

    /// Returns `true` if a file has an unknown length, so that it cannot be compared.
    pub fn has_unknown_length(&self) -> bool {
        self.files.iter().any(|file| file.bytes.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(files: &[(&str, Option<u64>)]) -> InputManifest {
        let file =
            |(file, bytes): &(&str, _)| ManifestFile { file: (*file).to_owned(), bytes: *bytes };
        let files = files.iter().map(file);
        InputManifest { format: Some(InputFormat::Lines), files: files.collect() }
    }

    #[test]
    fn the_first_difference_is_named() {
        let earlier = manifest(&[("a", Some(1)), ("-", None)]);
        assert_eq!(earlier.difference_from(&earlier), None);
        for (now, difference) in [
            (manifest(&[("a", Some(2)), ("-", None)]), "a had 1 bytes, and has 2 bytes"),
            (manifest(&[("a", None)]), "a had 1 bytes, and has an unknown length"),
            (manifest(&[("b", Some(1))]), "file 1 was a, and is b"),
            (manifest(&[("a", Some(1))]), "the number of files was 2, and is 1"),
            (
                InputManifest { format: Some(InputFormat::Events), ..earlier.clone() },
                "the format was lines, and is events",
            ),
        ] {
            assert_eq!(now.difference_from(&earlier).as_deref(), Some(difference));
        }
    }
}
