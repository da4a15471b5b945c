//! Each crate depends only on the crates of the workspace that `ALLOWED` lists.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, NodeDep, Package, PackageId};

/// The crates of the workspace that each crate may depend on. An example may depend on the runtime
/// and on KPL, and the tests of every crate may use the test kit.
const ALLOWED: [(&str, &[&str]); 11] = [
    ("json-scanner", &[]),
    ("firehose-core", &["json-scanner"]),
    ("firehose-runtime", &["firehose-core", "json-scanner"]),
    ("firehose-transforms", &["firehose-core", "json-scanner"]),
    ("kpl-aggregation", &["firehose-core"]),
    ("firehose-fixtures", &["firehose-runtime"]),
    ("firehose-delivery", &["firehose-runtime", "firehose-transforms", "kpl-aggregation"]),
    (
        "firehose-pipeline",
        &[
            "firehose-core",
            "firehose-runtime",
            "firehose-transforms",
            "json-scanner",
            "kpl-aggregation",
        ],
    ),
    ("firehose-template", &["firehose-delivery"]),
    (
        "firehose-local",
        &[
            "firehose-delivery",
            "firehose-fixtures",
            "firehose-pipeline",
            "firehose-runtime",
            "firehose-template",
            "firehose-transforms",
            "kpl-aggregation",
        ],
    ),
    ("measured-functions", &["firehose-runtime"]),
];

/// Packages that a crate must not depend on, neither directly nor through other packages. The core
/// has no Lambda, AWS, HTTP or executor. `firehose-delivery` has no command line and no terminal.
const FORBIDDEN: [(&str, &[&str]); 2] = [
    (
        "firehose-core",
        &["lambda_runtime", "aws_lambda_events", "hyper", "tokio", "prost", "base64"],
    ),
    ("firehose-delivery", &["clap", "clap_complete", "comfy-table", "console", "indicatif"]),
];

fn metadata() -> Metadata {
    MetadataCommand::new().exec().unwrap()
}

/// Returns the crates of the workspace that a package depends on, outside of its tests.
fn in_workspace<'a>(metadata: &'a Metadata, package: &'a Package) -> impl Iterator<Item = &'a str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development)
        .map(|dependency| dependency.name.as_str())
        .filter(|name| metadata.workspace_packages().iter().any(|package| package.name == *name))
}

/// Returns the names of all packages that are built into a package.
fn built_into<'a>(metadata: &'a Metadata, package: &'a Package) -> BTreeSet<&'a str> {
    let resolve = metadata.resolve.as_ref().unwrap();
    let is_built_in = |dependency: &&NodeDep| {
        dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
    };
    let mut open = vec![&package.id];
    let mut seen = BTreeSet::<&PackageId>::new();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            let node = resolve.nodes.iter().find(|node| node.id == *id).unwrap();
            open.extend(node.deps.iter().filter(is_built_in).map(|dependency| &dependency.pkg));
        }
    }
    let packages = metadata.packages.iter().filter(|package| seen.contains(&package.id));
    packages.map(|package| package.name.as_str()).collect()
}

#[test]
fn each_crate_depends_only_on_allowed_crates() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let is_example =
            package.manifest_path.starts_with(metadata.workspace_root.join("examples"));
        let allowed = ALLOWED.iter().find(|(crate_name, _)| *crate_name == name);
        let allowed = match allowed {
            Some((_, allowed)) => *allowed,
            None if is_example => &["firehose-runtime", "kpl-aggregation"],
            None => {
                panic!("{name} is a new crate; add the crates that it may depend on to ALLOWED")
            }
        };
        for dependency in in_workspace(&metadata, package) {
            assert!(allowed.contains(&dependency), "{name} must not depend on {dependency}");
        }
        let folder = package.manifest_path.parent().unwrap();
        assert_eq!(folder.file_name(), Some(name), "a folder has the name of its package");
    }
}

/// A dependency that itself depends on the tested crate enables features of that crate. Tests
/// without features would then run with features.
#[test]
fn no_test_uses_a_crate_that_depends_on_the_tested_crate() {
    let metadata = metadata();
    let packages = metadata.workspace_packages();
    for package in &packages {
        let development = package.dependencies.iter();
        for used in development.filter(|it| it.kind == DependencyKind::Development) {
            // The test kit exists for tests, and uses the runtime without its features.
            let Some(used) = packages.iter().find(|it| it.name == used.name) else { continue };
            if used.name == "firehose-fixtures" {
                continue;
            }
            let depends = in_workspace(&metadata, used).any(|name| package.name == name);
            let (package, used) = (&package.name, &used.name);
            assert!(!depends, "the tests of {package} use {used}, which depends on {package}");
        }
    }
}

#[test]
fn crates_stay_free_of_forbidden_packages() {
    let metadata = metadata();
    for (name, forbidden) in FORBIDDEN {
        let packages = metadata.workspace_packages();
        let Some(package) = packages.into_iter().find(|package| package.name == name) else {
            continue;
        };
        let built_in = built_into(&metadata, package);
        assert!(built_in.contains("bytes"), "the dependencies of {name} lack bytes: {built_in:?}");
        for package in forbidden {
            assert!(!built_in.contains(package), "{name} must not depend on {package}");
        }
    }
}

/// Shows that the search finds indirect dependencies: the command line draws progress bars with
/// indicatif, which depends on console.
#[test]
fn indirect_dependencies_are_found() {
    let metadata = metadata();
    let packages = metadata.workspace_packages();
    let local = packages.into_iter().find(|package| package.name == "firehose-local").unwrap();
    let built_in = built_into(&metadata, local);
    assert!(local.dependencies.iter().all(|dependency| dependency.name != "console"));
    for package in FORBIDDEN[1].1 {
        assert!(built_in.contains(package), "{package} is not among {built_in:?}");
    }
}
