use std::{fs, path::Path};

/// The most entries of a folder that are looked at.
const MAX_ENTRIES: usize = 1_000;

/// A language whose code has to be built before it runs, or that needs a runtime which is not started
/// here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BuiltLanguage {
    Rust,
    Go,
    Java,
    DotNet,
    Ruby,
}

impl BuiltLanguage {
    /// Returns the language of a folder with code, or of an archive of Java. Returns `None` for other
    /// folders.
    pub(super) fn of_code(path: &Path) -> Option<Self> {
        if path.extension().is_some_and(|it| it == "jar") {
            return Some(Self::Java);
        }
        let entries = fs::read_dir(path).ok()?.flatten().take(MAX_ENTRIES);
        let languages: Vec<Self> = entries
            .filter_map(|entry| Self::of_file(&entry.file_name().to_string_lossy()))
            .collect();
        // The file of a build tool counts before a source file of another language.
        let order = [Self::Rust, Self::Go, Self::Java, Self::DotNet, Self::Ruby];
        order.into_iter().find(|language| languages.contains(language))
    }

    /// Returns the language that a file of a build tool or a source file shows.
    fn of_file(name: &str) -> Option<Self> {
        let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
        match (name, ending) {
            ("Cargo.toml", _) => Some(Self::Rust),
            ("go.mod", _) | (_, Some("go")) => Some(Self::Go),
            ("pom.xml" | "build.gradle" | "build.gradle.kts", _) | (_, Some("java" | "kt")) => {
                Some(Self::Java)
            }
            (_, Some("csproj" | "fsproj" | "cs")) => Some(Self::DotNet),
            ("Gemfile", _) | (_, Some("rb")) => Some(Self::Ruby),
            _ => None,
        }
    }

    /// Returns the name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::DotNet => ".NET",
            Self::Ruby => "Ruby",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_a_folder_show_its_language() {
        let of = |files: &[&str]| {
            let folder = tempfile::tempdir().unwrap();
            files.iter().for_each(|file| fs::write(folder.path().join(file), "").unwrap());
            BuiltLanguage::of_code(folder.path())
        };
        for (files, language) in [
            (&["Cargo.toml", "build.rb"][..], Some(BuiltLanguage::Rust)),
            (&["go.mod", "go.sum"], Some(BuiltLanguage::Go)),
            (&["main.go"], Some(BuiltLanguage::Go)),
            (&["build.gradle.kts"], Some(BuiltLanguage::Java)),
            (&["Function.csproj"], Some(BuiltLanguage::DotNet)),
            (&["app.rb"], Some(BuiltLanguage::Ruby)),
            (&["README.md"], None),
        ] {
            assert_eq!(of(files), language, "{files:?}");
        }
        assert_eq!(BuiltLanguage::of_code(Path::new("a/app.jar")), Some(BuiltLanguage::Java));
        assert_eq!(BuiltLanguage::of_code(Path::new("absent")), None);
    }
}
