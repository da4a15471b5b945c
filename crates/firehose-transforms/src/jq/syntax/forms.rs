use super::node::Form;

/// The functions that evaluate their arguments themselves: name, number of arguments, and form.
pub(super) const FORMS: &[(&str, usize, Form)] = &[
    ("all", 2, Form::All),
    ("any", 2, Form::Any),
    ("del", 1, Form::Delete),
    ("empty", 0, Form::Empty),
    ("error", 0, Form::Error),
    ("error", 1, Form::Error),
    ("first", 1, Form::First),
    ("getpath", 1, Form::GetPath),
    ("group_by", 1, Form::GroupBy),
    ("isempty", 1, Form::IsEmpty),
    ("last", 1, Form::Last),
    ("limit", 2, Form::Limit),
    ("max_by", 1, Form::MaxBy),
    ("min_by", 1, Form::MinBy),
    ("path", 1, Form::Path),
    ("range", 2, Form::Range),
    ("range", 3, Form::Range),
    ("recurse", 1, Form::Recurse),
    ("repeat", 1, Form::Repeat),
    ("sort_by", 1, Form::SortBy),
    ("sub", 3, Form::Substitute),
    ("unique_by", 1, Form::UniqueBy),
    ("until", 2, Form::Until),
    ("walk", 1, Form::Walk),
    ("while", 2, Form::While),
];

pub(super) fn form_named(name: &str, arity: usize) -> Option<Form> {
    FORMS.iter().find(|form| (form.0, form.1) == (name, arity)).map(|form| form.2)
}
