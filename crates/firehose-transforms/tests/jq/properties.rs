//! Properties of random filters and items.

use bytes::Bytes;
use firehose_transforms::jq::{JqFilter, JqLimits};
use proptest::prelude::*;

use super::generate::{filter, json};

fn text_of(outputs: &[Bytes]) -> Vec<&str> {
    outputs.iter().map(|output| std::str::from_utf8(output).unwrap()).collect()
}

proptest! {
    #[test]
    fn identity_keeps_the_text(input in json(), before in "[ \n]{0,2}", after in "[ \t]{0,2}") {
        let item = Bytes::from(format!("{before}{input}{after}"));
        for filter in [".", ". as $x | $x", "first(.)", "if true then . else 1 end", ".. | . as $x | $x"] {
            let outputs = JqFilter::new(filter).unwrap().run(&item).unwrap();
            prop_assert_eq!(text_of(&outputs)[0], &input);
        }
    }

    #[test]
    fn deleting_a_missing_part_keeps_the_text(input in json()) {
        let spaced = input.replace(',', " , ");
        let item = Bytes::from(spaced.clone());
        for filter in ["del(.zzz?)", "del(.a.zzz?)", "del(.[1000:]?)", "delpaths([])", "del(empty)"] {
            if let Ok(outputs) = JqFilter::new(filter).unwrap().run(&item) {
                prop_assert_eq!(text_of(&outputs), [spaced.as_str()], "{}", filter);
            }
        }
    }

    /// If a filter reads at most eight fields, the syntax check of the item also finds these
    /// fields. They must equal the fields of the parsed object. They must equal the fields of the
    /// whole object.
    #[test]
    fn found_fields_equal_the_fields_of_the_whole_object(
        members in prop::collection::vec(("(a|b|\\\\u0061|c\\\\n|\\\\ud83d)", json()), 0..6),
        inner in any::<bool>(),
    ) {
        let members: Vec<_> =
            members.iter().map(|(key, value)| format!("\"{key}\" : {value}")).collect();
        let object = format!("{{{}}}", members.join(", "));
        let item = Bytes::from(if inner { format!("{{\"a\":{object}}}") } else { object });
        let few = JqFilter::new("[.a, .b, .\"c\\n\", .missing]").unwrap();
        let whole = JqFilter::new("[to_entries | from_entries | .a, .b, .\"c\\n\", .missing]").unwrap();
        prop_assert_eq!(few.run(&item), whole.run(&item));
    }

    #[test]
    fn outputs_are_valid_json(filter in filter(), input in json()) {
        let compiled = JqFilter::new(&filter).map_err(|error| TestCaseError::fail(error.to_string()))?;
        if let Ok(outputs) = compiled.run(&Bytes::from(input)) {
            for output in &outputs {
                prop_assert!(serde_json::from_slice::<serde::de::IgnoredAny>(output).is_ok());
            }
        }
    }

    #[test]
    fn any_text_compiles_or_is_an_error(
        filter in "([.a-c0-9|,;:()\\[\\]{}\"'?$@+*/%=<>!#\\\\ é-]|def|as|if|then|end|reduce|try|\\.\\.){0,30}",
        input in "[\\[\\]{}\",:0-9a-z\\\\ .eE+-]{0,20}",
    ) {
        let limits = JqLimits::default().with_operations(10_000);
        if let Ok(filter) = JqFilter::new(&filter) {
            let filter = filter.with_limits(limits);
            let _ = filter.run(&Bytes::from(input.clone()));
            let _ = filter.run(&Bytes::from_static(br#"{"a":[1,{"b":"c"}]}"#));
        }
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(&input).is_ok();
        prop_assert_eq!(JqFilter::new(".").unwrap().run(&Bytes::from(input)).is_ok(), is_json);
    }
}
