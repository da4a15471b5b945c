//! Checks of the attributes of items.

use syn::{Attribute, Item, Meta, Token, punctuated::Punctuated};

/// Returns the attributes of an item.
pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Returns `true` if an item exists in test builds only.
pub(crate) fn is_test_only(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident("test") || is_cfg(attribute, &["test"]))
}

/// Returns `true` if an item exists for the documentation only.
pub(crate) fn is_doc_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| is_cfg(attribute, &["doc", "doctest"]))
}

pub(crate) fn has_cfg(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("cfg"))
}

/// Returns `true` if an attribute is a `cfg` that requires one of these flags.
fn is_cfg(attribute: &Attribute, flags: &[&str]) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.parse_args::<Meta>().is_ok_and(|meta| requires(&meta, flags))
}

fn requires(condition: &Meta, flags: &[&str]) -> bool {
    let parts = |list: &syn::MetaList| {
        list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).unwrap_or_default()
    };
    match condition {
        Meta::Path(path) => flags.iter().any(|flag| path.is_ident(flag)),
        Meta::List(list) if list.path.is_ident("all") => {
            parts(list).iter().any(|part| requires(part, flags))
        }
        Meta::List(list) if list.path.is_ident("any") => {
            parts(list).iter().all(|part| requires(part, flags))
        }
        _ => false,
    }
}

#[test]
fn only_conditions_that_require_the_flag_count() {
    let is_test = |text: &str| is_test_only(attributes(&syn::parse_str(text).unwrap()));
    assert!(is_test("#[cfg(test)] fn f() {}"));
    assert!(is_test("#[cfg(all(unix, test))] fn f() {}"));
    assert!(is_test("#[test] fn f() {}"));
    assert!(!is_test("#[cfg(any(test, unix))] fn f() {}"));
    assert!(!is_test("#[cfg(not(test))] fn f() {}"));
    let doc = syn::parse_str("#[cfg(any(doc, doctest))] mod m {}").unwrap();
    assert!(is_doc_only(attributes(&doc)));
}
