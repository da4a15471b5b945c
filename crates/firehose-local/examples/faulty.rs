//! A function with the fault that the variable `FAULT` names, for tests of tools. The
//! function uses the Lambda Runtime API directly, because a correct runtime prevents most of these
//! faults.
//!
//! | variable | effect |
//! |---|---|
//! | `FAULT` | the fault, a name of `Faults::KNOWN` |
//! | `FAULT_FOLDER` | a folder for files, whose numbers all processes of the function share: `start-1` with the process id of the first start, `event-1` with the first event, `late-answer-1` before the first late answer, then `start-2` and so on |
//! | `FAULT_FROM`, `FAULT_TO` | the first and the last start or event with the fault; both need `FAULT_FOLDER` |
//!
//! The fault `wait` waits until `FAULT_FOLDER` contains a file `go-on`.

use std::{
    env,
    error::Error,
    fs::File,
    io::{self, ErrorKind, Write},
    net::TcpStream,
    path::PathBuf,
    process, thread,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Client;
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let faults = Faults::from_environment()?;
    let runtime = format!("http://{}/2018-06-01/runtime", env::var("AWS_LAMBDA_RUNTIME_API")?);
    // The client needs a TLS provider, although it sends no TLS.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().build()?;
    let post = async |path: &str, body: String| -> Result<(), Box<dyn Error>> {
        client.post(format!("{runtime}/{path}")).body(body).send().await?;
        Ok(())
    };
    let error = json!({"errorType": "Faulty", "errorMessage": "told to fail"}).to_string();

    match faults.next("start", process::id().to_string().as_bytes())? {
        "exit at start" => process::exit(7),
        "hang at start" => thread::sleep(FOREVER),
        "init error" => {
            post("init/error", error).await?;
            thread::sleep(FOREVER);
            return Ok(());
        }
        _ => {}
    }

    loop {
        let next = client.get(format!("{runtime}/invocation/next")).send().await?;
        let id = next.headers()["lambda-runtime-aws-request-id"].to_str()?.to_owned();
        let event = next.bytes().await?;
        let fault = faults.next("event", &event)?;
        let event: Value = serde_json::from_slice(&event)?;
        match fault {
            "error" => {
                post(&format!("invocation/{id}/error"), error.clone()).await?;
                continue;
            }
            // A runtime that cannot continue reports an error and exits.
            "error and exit" => {
                post(&format!("invocation/{id}/error"), error).await?;
                process::exit(7)
            }
            "error with escapes" => {
                let error =
                    json!({"errorType": "Faulty", "errorMessage": "told to \u{1b}[2J\nfail"});
                post(&format!("invocation/{id}/error"), error.to_string()).await?;
                continue;
            }
            // Reports each record as failed, then fails as a whole.
            "log failures, error" | "log failures, exit" => {
                for record in event["records"].as_array().into_iter().flatten() {
                    writeln!(
                        io::stdout(),
                        "{}",
                        json!({"recordId": record["recordId"], "cause": "no unit"})
                    )?;
                }
                if fault.ends_with("exit") {
                    process::exit(7)
                }
                // Lets the caller read the log before it repeats the event.
                thread::sleep(Duration::from_millis(200));
                post(&format!("invocation/{id}/error"), error.clone()).await?;
                continue;
            }
            "break off" => {
                let address = env::var("AWS_LAMBDA_RUNTIME_API")?;
                let mut stream = TcpStream::connect(address)?;
                let path = format!("/2018-06-01/runtime/invocation/{id}/response");
                let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n");
                write!(stream, "{head}\r\n{{}}")?;
                drop(stream);
                thread::sleep(Duration::from_millis(200));
                process::exit(7)
            }
            "exit" => process::exit(7),
            "hang" => thread::sleep(FOREVER),
            "late" => {
                thread::sleep(Duration::from_secs(30));
                faults.keep("late-answer", &[])?;
            }
            "wait" => {
                while !faults.may_go_on() {
                    thread::sleep(Duration::from_millis(10));
                }
            }
            "slow" => thread::sleep(Duration::from_millis(200)),
            _ => {}
        }
        post(&format!("invocation/{id}/response"), answer(&event, fault)?).await?;
        if fault == "answer and exit" {
            process::exit(7);
        }
    }
}

const FOREVER: Duration = Duration::from_secs(600);

/// Returns the response to an event: the unchanged records, modified by the fault.
fn answer(event: &Value, fault: &str) -> Result<String, Box<dyn Error>> {
    let records = event["records"].as_array().map_or(&[][..], Vec::as_slice);
    let mut answers: Vec<Value> = records
        .iter()
        .map(|record| json!({"recordId": record["recordId"], "result": "Ok", "data": record["data"]}))
        .collect();
    match fault {
        "garbage" => return Ok("oops".to_owned()),
        "no records" => return Ok("{}".to_owned()),
        "too large" => answers[0]["data"] = "A".repeat(7_000_000).into(),
        "omits an id" => answers.truncate(answers.len() - 1),
        "repeats an id" => answers.push(answers[0].clone()),
        "invents an id" => answers.push(json!({"recordId": "new", "result": "Dropped"})),
        "wrong result" => answers[0]["result"] = "OK".into(),
        "no data" => answers[0] = json!({"recordId": answers[0]["recordId"], "result": "Ok"}),
        "bad base64" => answers[0]["data"] = "?".into(),
        "invalid metadata" => answers[0]["metadata"] = json!({"partitionKeys": "x"}),
        "other order" => answers.reverse(),
        "extra fields" => {
            for answer in &mut answers {
                answer["note"] = json!({"a": [1, null]});
                answer["metadata"] = json!({"otherKeys": {"a": 1}});
            }
        }
        // A record is dropped or fails if its data begins with `drop` or `fail`.
        "by data" => {
            for answer in &mut answers {
                let data = STANDARD.decode(answer["data"].as_str().unwrap_or_default())?;
                if data.starts_with(b"drop") {
                    *answer = json!({"recordId": answer["recordId"], "result": "Dropped"});
                } else if data.starts_with(b"fail") {
                    answer["result"] = "ProcessingFailed".into();
                    answer["data"] = STANDARD.encode("not the input").into();
                }
            }
        }
        // The data of each record is the cause of its failure.
        "causes in data" => {
            for answer in &mut answers {
                let data = STANDARD.decode(answer["data"].as_str().unwrap_or_default())?;
                let cause = String::from_utf8(data)?;
                writeln!(
                    io::stdout(),
                    "{}",
                    json!({"recordId": answer["recordId"], "cause": cause})
                )?;
                answer["result"] = "ProcessingFailed".into();
            }
        }
        // The text before a colon in the data is the partition key.
        "partition keys" => {
            for answer in &mut answers {
                let data = STANDARD.decode(answer["data"].as_str().unwrap_or_default())?;
                let data = String::from_utf8(data)?;
                if let Some((key, _)) = data.split_once(':') {
                    answer["metadata"] = json!({"partitionKeys": {"key": key}});
                }
            }
        }
        _ => {}
    }
    let mut response = json!({"records": answers});
    if fault == "extra fields" {
        response["note"] = "more than asked for".into();
    }
    Ok(response.to_string())
}

/// The fault, and the starts or events that have it.
struct Faults {
    fault: String,
    folder: Option<PathBuf>,
    from: u64,
    to: u64,
}

impl Faults {
    const KNOWN: &[&str] = &[
        "none",
        "answer and exit",
        "bad base64",
        "break off",
        "by data",
        "causes in data",
        "error",
        "error and exit",
        "error with escapes",
        "exit",
        "exit at start",
        "exit, then hang at start",
        "extra fields",
        "garbage",
        "hang",
        "hang at start",
        "init error",
        "invalid metadata",
        "invents an id",
        "late",
        "log failures, error",
        "log failures, exit",
        "no data",
        "no records",
        "omits an id",
        "other order",
        "partition keys",
        "repeats an id",
        "slow",
        "too large",
        "wait",
        "wrong result",
    ];

    fn from_environment() -> Result<Self, Box<dyn Error>> {
        let number = |name, default| match env::var(name) {
            Ok(text) => text.parse(),
            Err(_) => Ok(default),
        };
        let fault = env::var("FAULT")?;
        if !Self::KNOWN.contains(&fault.as_str()) {
            return Err(format!("unknown FAULT {fault:?}").into());
        }
        let folder = env::var_os("FAULT_FOLDER").map(PathBuf::from);
        Ok(Self {
            fault,
            folder,
            from: number("FAULT_FROM", 1)?,
            to: number("FAULT_TO", u64::MAX)?,
        })
    }

    /// Records the next start or event, and returns its fault.
    fn next(&self, what: &str, content: &[u8]) -> Result<&str, Box<dyn Error>> {
        let number = self.keep(what, content)?;
        Ok(match (self.fault.as_str(), what) {
            ("exit, then hang at start", "start") if number == 1 => "none",
            ("exit, then hang at start", "start") => "hang at start",
            ("exit, then hang at start", _) => "exit",
            (fault, _) if (self.from..=self.to).contains(&number) => fault,
            _ => "none",
        })
    }

    /// Returns `true` if the folder contains `go-on`, or if there is no folder.
    fn may_go_on(&self) -> bool {
        self.folder.as_ref().is_none_or(|folder| folder.join("go-on").exists())
    }

    /// Writes the content to a file with the first free number, and returns the number.
    fn keep(&self, what: &str, content: &[u8]) -> Result<u64, Box<dyn Error>> {
        let Some(folder) = &self.folder else { return Ok(self.from) };
        for number in 1.. {
            match File::create_new(folder.join(format!("{what}-{number}"))) {
                Ok(mut file) => {
                    file.write_all(content)?;
                    return Ok(number);
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err("too many".into())
    }
}
