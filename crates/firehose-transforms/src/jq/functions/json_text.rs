//! `tojson` and `fromjson`.

use super::super::{
    meter::Meter,
    syntax::node::RootParts,
    values::{arithmetic::value_error, print::to_json, stop::Stop, value::Value},
};

pub(crate) fn to_json_text(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    Ok(Value::text(to_json(&input, meter)?))
}

pub(crate) fn from_json(meter: &Meter, input: Value, _: &[Value]) -> Result<Value, Stop> {
    let Value::Text(text) = &input else {
        return Err(value_error(&input, meter, "only strings can be parsed"));
    };
    let text = text.as_str();
    meter.build(text.len())?;
    meter.steps(text.len() / 16)?;
    let parts = RootParts::Fields(Vec::new());
    Value::from_json(text.into(), &parts, meter.fidelity()).map_err(|error| {
        let position = error.in_text(text);
        Stop::error(format!("{position} (while parsing '{text}')"), position.to_string())
    })
}
