//! Arrows between the crates point one way: nothing depends on what is above it.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

/// Which crates of the workspace a crate may build on. An example may build on the runtime
/// and on KPL, and every crate may use the test kit in its tests.
const ALLOWED: [(&str, &[&str]); 9] = [
    ("json-scanner", &[]),
    ("firehose-core", &["json-scanner"]),
    ("firehose-runtime", &["firehose-core", "json-scanner"]),
    ("kpl-aggregation", &["firehose-core"]),
    ("firehose-fixtures", &["firehose-runtime"]),
    ("firehose-delivery", &["firehose-runtime", "kpl-aggregation"]),
    ("firehose-template", &["firehose-delivery"]),
    ("firehose-local", &["firehose-template", "firehose-delivery", "firehose-runtime"]),
    ("measured-functions", &["firehose-runtime"]),
];

/// What the core must not know, not even through others: Lambda, AWS, HTTP, an executor.
const NOT_IN_CORE: [&str; 6] =
    ["lambda_runtime", "aws_lambda_events", "hyper", "tokio", "prost", "base64"];

fn metadata() -> Metadata {
    MetadataCommand::new().exec().unwrap()
}

fn in_workspace<'a>(metadata: &'a Metadata, package: &'a Package) -> impl Iterator<Item = &'a str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind != DependencyKind::Development)
        .map(|dependency| dependency.name.as_str())
        .filter(|name| metadata.workspace_packages().iter().any(|package| package.name == *name))
}

#[test]
fn arrows_point_one_way() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let is_example =
            package.manifest_path.starts_with(metadata.workspace_root.join("examples"));
        let allowed = ALLOWED.iter().find(|(crate_name, _)| *crate_name == name);
        let allowed = match allowed {
            Some((_, allowed)) => *allowed,
            None if is_example => &["firehose-runtime", "kpl-aggregation"],
            None => panic!("{name} is new: say here what it may build on"),
        };
        for dependency in in_workspace(&metadata, package) {
            assert!(allowed.contains(&dependency), "{name} must not build on {dependency}");
        }
        let folder = package.manifest_path.parent().unwrap();
        assert_eq!(folder.file_name(), Some(name), "a folder is called like its package");
    }
}

/// A crate's tests would be built with the features that such a dependency asks for, and
/// tests without features would not be without.
#[test]
fn no_crate_uses_in_its_tests_what_builds_on_it() {
    let metadata = metadata();
    let packages = metadata.workspace_packages();
    for package in &packages {
        let development = package.dependencies.iter();
        for used in development.filter(|it| it.kind == DependencyKind::Development) {
            // The test kit is there for that, and knows no Lambda.
            let Some(used) = packages.iter().find(|it| it.name == used.name) else { continue };
            if used.name == "firehose-fixtures" {
                continue;
            }
            let back = in_workspace(&metadata, used).any(|name| package.name == name);
            assert!(!back, "{} has {} in its tests, which builds on it", package.name, used.name);
        }
    }
}

#[test]
fn the_core_knows_no_lambda() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().unwrap();
    let package_of =
        |id: &PackageId| metadata.packages.iter().find(|package| package.id == *id).unwrap();
    let core = metadata.workspace_packages().into_iter().find(|it| it.name == "firehose-core");
    let mut open = vec![&core.unwrap().id];
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = resolve.nodes.iter().find(|node| node.id == *id).unwrap();
        let is_built_in = |dependency: &&cargo_metadata::NodeDep| {
            dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal)
        };
        open.extend(node.deps.iter().filter(is_built_in).map(|dependency| &dependency.pkg));
    }
    let names: Vec<_> = seen.into_iter().map(|id| package_of(id).name.as_str()).collect();
    assert!(names.contains(&"bytes"), "the walk found nothing: {names:?}");
    for name in NOT_IN_CORE {
        assert!(!names.contains(&name), "firehose-core builds on {name}");
    }
}
