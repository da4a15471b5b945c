//! A function that misbehaves in the way that the variable `FAULT` names, for seeing what a
//! tool makes of it. It speaks to the Lambda Runtime API by itself, since a proper runtime
//! would not let it do most of this.
//!
//! With `FAULT_FOLDER` it keeps each event that it gets there, as `event-1`, `event-2` and so on,
//! and its process ids as `start-1` and so on; all its processes count together. Then the fault
//! is that of the starts or the invocations `FAULT_FROM` to `FAULT_TO` alone. Before an answer that
//! is late, there is a `late-answer-1` and so on. What waits does so until there is a `go-on`.

use std::{
    env,
    error::Error,
    fs::File,
    io::{ErrorKind, Write},
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
    // The client wants to know who would do its TLS, even if there is none to be done.
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
            // As a runtime does that cannot go on.
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

/// The response to an event: its records as they came, and what the fault makes of that.
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
        "other order" => answers.reverse(),
        "extra fields" => {
            for answer in &mut answers {
                answer["note"] = json!({"a": [1, null]});
                answer["metadata"] = json!({"otherKeys": {"a": 1}});
            }
        }
        // Those that begin so are dropped, or fail.
        "by data" => {
            for answer in &mut answers {
                let data = STANDARD.decode(answer["data"].as_str().unwrap_or_default())?;
                if data.starts_with(b"drop") {
                    *answer = json!({"recordId": answer["recordId"], "result": "Dropped"});
                } else if data.starts_with(b"fail") {
                    answer["result"] = "ProcessingFailed".into();
                    answer["data"] = STANDARD.encode("not what came in").into();
                }
            }
        }
        // What is before a colon in the data is its key; without one there is none.
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

/// Which fault there is, and when.
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
        "invents an id",
        "late",
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

    /// Keeps what there is to know of the next start or event, and says what is wrong with it.
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

    /// Whether somebody has put `go-on` into the folder.
    fn may_go_on(&self) -> bool {
        self.folder.as_ref().is_none_or(|folder| folder.join("go-on").exists())
    }

    /// Writes the content to the first number that nobody has taken, and returns that.
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
