use std::error::Error;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::binaries::Work;

/// The answer to one record: its id, its result and its data, with numbers compared by value.
type Answer = (String, String, Value);

/// The answers of the first measured function for each kind of work.
#[derive(Default)]
pub(crate) struct Answers(Vec<(Work, Vec<Answer>)>);

impl Answers {
    /// Compares a response with the event, and with the answers of other functions.
    pub(crate) fn compare(
        &mut self,
        work: Work,
        event: &str,
        response: &[u8],
    ) -> Result<(), Box<dyn Error>> {
        if work == Work::Echo {
            return if event.as_bytes() == response {
                Ok(())
            } else {
                Err("the response is not the event".into())
            };
        }
        let answers = answers(response)?;
        if work == Work::Identity {
            let (sent, returned) = (payloads(event.as_bytes())?, payloads(response)?);
            if sent != returned {
                return Err("the payloads are not those of the event".into());
            }
        }
        if answers.iter().any(|(_, result, _)| result != "Ok") {
            return Err("not all records are Ok".into());
        }
        match self.0.iter().find(|(other, _)| *other == work) {
            Some((_, others)) if *others != answers => {
                Err("the answers differ from those of another function".into())
            }
            Some(_) => Ok(()),
            None => {
                self.0.push((work, answers));
                Ok(())
            }
        }
    }
}

fn answers(response: &[u8]) -> Result<Vec<Answer>, Box<dyn Error>> {
    let response: Value = serde_json::from_slice(response)?;
    let mut answers = Vec::new();
    for record in records(&response)? {
        let text = |name: &str| record[name].as_str().ok_or_else(|| format!("no {name}"));
        let data = serde_json::from_slice(&STANDARD.decode(text("data")?)?)?;
        answers.push((text("recordId")?.to_owned(), text("result")?.to_owned(), data));
    }
    Ok(answers)
}

/// Returns the ids and payloads of an event or a response.
fn payloads(text: &[u8]) -> Result<Vec<(Value, Value)>, Box<dyn Error>> {
    let value: Value = serde_json::from_slice(text)?;
    let of = |record: &Value| (record["recordId"].clone(), record["data"].clone());
    Ok(records(&value)?.iter().map(of).collect())
}

fn records(value: &Value) -> Result<&Vec<Value>, Box<dyn Error>> {
    Ok(value["records"].as_array().ok_or("no records")?)
}
