use super::arguments::wrong_arguments;
use crate::terraform::language::{
    budget::EvaluationBudget,
    sets::distinct_sorted,
    value::{Fault, Value},
};

/// The longest list of `range`, as in Terraform.
const MAX_RANGE: usize = 1_024;

/// Calls a function of lists. Returns `None` for another function.
pub(super) fn call(
    name: &str,
    arguments: &[Value],
    budget: &EvaluationBudget,
) -> Option<Result<Value, Fault>> {
    let wrong = || Err(wrong_arguments(name));
    Some(match (name, arguments) {
        ("length", [Value::List(items)]) => Ok(count(items.len())),
        ("length", [Value::Map(entries)]) => Ok(count(entries.len())),
        ("length", [Value::Text(text)]) => Ok(count(text.chars().count())),
        ("concat", lists) => {
            let mut all = Vec::new();
            for list in lists {
                let Value::List(items) = list else { return Some(wrong()) };
                all.extend(items.iter().cloned());
            }
            Ok(Value::List(all))
        }
        ("element", [Value::List(items), index]) => element(items, index),
        ("flatten", [Value::List(items)]) => {
            let mut flat = Vec::new();
            flatten(items, &mut flat);
            Ok(Value::List(flat))
        }
        ("contains", [Value::List(items), item]) => {
            Ok(Value::Bool(items.iter().any(|it| same(it, item))))
        }
        ("index", [Value::List(items), item]) => match items.iter().position(|it| same(it, item)) {
            Some(index) => Ok(count(index)),
            None => Err(Fault::new("the list does not have the item of index()")),
        },
        ("slice", [Value::List(items), start, end]) => match (position(start), position(end)) {
            (Some(start), Some(end)) if start <= end && end <= items.len() => {
                Ok(Value::List(items[start..end].to_vec()))
            }
            _ => wrong(),
        },
        ("reverse", [Value::List(items)]) => Ok(Value::List(items.iter().rev().cloned().collect())),
        ("distinct", [Value::List(items)]) => distinct(items, budget),
        ("compact", [Value::List(items)]) => {
            let is_empty = |item: &&Value| matches!(item, Value::Null) || **item == Value::from("");
            Ok(Value::List(items.iter().filter(|it| !is_empty(it)).cloned().collect()))
        }
        ("sort", [Value::List(items)]) => {
            let texts: Option<Vec<String>> = items.iter().map(Value::to_text).collect();
            match texts {
                Some(mut texts) => {
                    texts.sort();
                    Ok(texts.into_iter().collect())
                }
                None => wrong(),
            }
        }
        ("range", arguments) => range(arguments).unwrap_or_else(wrong),
        ("coalesce", arguments) => coalesce(arguments),
        ("coalescelist", lists) => {
            let found =
                lists.iter().find(|it| matches!(it, Value::List(items) if !items.is_empty()));
            found.cloned().map_or_else(wrong, Ok)
        }
        ("one", [Value::List(items)]) => match items.as_slice() {
            [] => Ok(Value::Null),
            [item] => Ok(item.clone()),
            _ => Err(Fault::new("the list of one() has several items")),
        },
        ("chunklist", [Value::List(items), size]) => match position(size) {
            Some(size) if size > 0 => {
                Ok(Value::List(items.chunks(size).map(|it| Value::List(it.to_vec())).collect()))
            }
            _ => wrong(),
        },
        ("setunion", lists) => set(lists, budget, |_, _| true),
        ("setintersection", lists) => {
            set(lists, budget, |lists, item| lists.iter().all(|it| it.contains(item)))
        }
        ("setsubtract", [first, second]) => {
            set(&[first.clone(), second.clone()], budget, |lists, item| !lists[1].contains(item))
        }
        ("setproduct", lists) => product(lists, budget).unwrap_or_else(wrong),
        ("alltrue", [Value::List(items)]) => {
            Ok(Value::Bool(items.iter().all(|item| item.to_bool() == Some(true))))
        }
        ("anytrue", [Value::List(items)]) => {
            Ok(Value::Bool(items.iter().any(|item| item.to_bool() == Some(true))))
        }
        (
            "length" | "element" | "flatten" | "contains" | "index" | "slice" | "reverse"
            | "distinct" | "compact" | "sort" | "one" | "chunklist" | "setsubtract" | "alltrue"
            | "anytrue",
            _,
        ) => wrong(),
        _ => return None,
    })
}

fn count(number: usize) -> Value {
    Value::Number(f64::from(u32::try_from(number).unwrap_or(u32::MAX)))
}

/// Returns a value as an index or a size.
fn position(value: &Value) -> Option<usize> {
    value.to_number()?.to_string().parse().ok()
}

/// Compares values as texts if both can be converted to texts, because a list can hold numbers as texts.
fn same(left: &Value, right: &Value) -> bool {
    left == right || (left.to_text().is_some() && left.to_text() == right.to_text())
}

/// Returns an item. After the last index, the indexes begin again at the first item.
fn element(items: &[Value], index: &Value) -> Result<Value, Fault> {
    let Some(index) = position(index) else { return Err(wrong_arguments("element")) };
    let index = index.checked_rem(items.len());
    let fault = || Fault::new("the list of element() is empty");
    index.map(|index| items[index].clone()).ok_or_else(fault)
}

fn flatten(items: &[Value], to: &mut Vec<Value>) {
    for item in items {
        match item {
            // The recursion is bounded, because the depth of a value is bounded.
            Value::List(inner) => flatten(inner, to),
            other => to.push(other.clone()),
        }
    }
}

fn distinct(items: &[Value], budget: &EvaluationBudget) -> Result<Value, Fault> {
    let mut distinct: Vec<Value> = Vec::new();
    for item in items {
        budget.spend(distinct.len())?;
        if !distinct.contains(item) {
            distinct.push(item.clone());
        }
    }
    Ok(Value::List(distinct))
}

fn range(arguments: &[Value]) -> Option<Result<Value, Fault>> {
    let numbers: Vec<f64> = arguments.iter().map(Value::to_number).collect::<Option<_>>()?;
    let (start, end, step) = match numbers.as_slice() {
        [end] => (0.0, *end, if *end < 0.0 { -1.0 } else { 1.0 }),
        [start, end] => (*start, *end, if end < start { -1.0 } else { 1.0 }),
        [start, end, step] => (*start, *end, *step),
        _ => return None,
    };
    let mut items = Vec::new();
    let mut number = start;
    while (step > 0.0 && number < end) || (step < 0.0 && number > end) {
        if items.len() >= MAX_RANGE {
            let reason = format!("a list of range() has more than {MAX_RANGE} items");
            return Some(Err(Fault::new(reason)));
        }
        items.push(Value::Number(number));
        number += step;
    }
    Some(Ok(Value::List(items)))
}

/// Returns the first argument that is neither null nor an empty text. Returns an unknown value if an
/// unknown argument comes first.
fn coalesce(arguments: &[Value]) -> Result<Value, Fault> {
    let is_set = |value: &&Value| !matches!(value, Value::Null) && **value != Value::from("");
    let fault = || Fault::new("all arguments of coalesce() are empty");
    arguments.iter().find(is_set).cloned().ok_or_else(fault)
}

/// Returns the items of all lists that `is_member` accepts.
fn set(
    lists: &[Value],
    budget: &EvaluationBudget,
    is_member: impl Fn(&[&[Value]], &Value) -> bool,
) -> Result<Value, Fault> {
    let mut sets: Vec<&[Value]> = Vec::new();
    for list in lists {
        let Value::List(items) = list else { return Err(Fault::new("a set must be a list")) };
        sets.push(items);
    }
    let size: usize = sets.iter().map(|set| set.len()).sum();
    budget.spend(size.saturating_mul(size))?;
    let items = sets.iter().flat_map(|set| set.iter());
    let items: Vec<_> = items.filter(|item| is_member(&sets, item)).cloned().collect();
    Ok(Value::List(distinct_sorted(items)))
}

fn product(lists: &[Value], budget: &EvaluationBudget) -> Option<Result<Value, Fault>> {
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for list in lists {
        let Value::List(items) = list else { return None };
        if let Err(fault) =
            budget.spend(rows.len().saturating_mul(items.len()).saturating_mul(lists.len()))
        {
            return Some(Err(fault));
        }
        let longer = |row: &Vec<Value>| {
            let row = row.clone();
            items.iter().map(move |item| row.iter().chain([item]).cloned().collect())
        };
        rows = rows.iter().flat_map(longer).collect();
    }
    Some(Ok(Value::List(rows.into_iter().map(Value::List).collect())))
}
