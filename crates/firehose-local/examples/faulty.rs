//! A function that misbehaves in the way that the variable `FAULT` names, for seeing what a
//! tool makes of it. It speaks to the Lambda Runtime API by itself, since a proper runtime
//! would not let it do most of this.

use std::{env, error::Error, io::Write, net::TcpStream, thread, time::Duration};

use reqwest::Client;
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let fault = env::var("FAULT")?;
    let runtime = format!("http://{}/2018-06-01/runtime", env::var("AWS_LAMBDA_RUNTIME_API")?);
    // The client wants to know who would do its TLS, even if there is none to be done.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().build()?;
    let post = async |path: &str, body: String| -> Result<(), Box<dyn Error>> {
        client.post(format!("{runtime}/{path}")).body(body).send().await?;
        Ok(())
    };
    let error = json!({"errorType": "Faulty", "errorMessage": "told to fail"}).to_string();

    match fault.as_str() {
        "exit at start" => std::process::exit(7),
        "hang at start" => thread::sleep(Duration::from_secs(600)),
        "init error" => {
            post("init/error", error).await?;
            thread::sleep(Duration::from_secs(600));
            return Ok(());
        }
        _ => {}
    }

    let next = client.get(format!("{runtime}/invocation/next")).send().await?;
    let id = next.headers()["lambda-runtime-aws-request-id"].to_str()?.to_owned();
    let event: Value = serde_json::from_slice(&next.bytes().await?)?;
    let records = event["records"].as_array().map_or(&[][..], Vec::as_slice);
    let mut answers: Vec<Value> = records
        .iter()
        .map(|record| json!({"recordId": record["recordId"], "result": "Ok", "data": ""}))
        .collect();
    match fault.as_str() {
        "none" => {}
        "error" => return post(&format!("invocation/{id}/error"), error).await,
        "error with escapes" => {
            let error = json!({"errorType": "Faulty", "errorMessage": "told to \u{1b}[2J\nfail"});
            return post(&format!("invocation/{id}/error"), error.to_string()).await;
        }
        "break off" => {
            let address = env::var("AWS_LAMBDA_RUNTIME_API")?;
            let mut stream = TcpStream::connect(address)?;
            let path = format!("/2018-06-01/runtime/invocation/{id}/response");
            write!(stream, "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{{}}")?;
            drop(stream);
            thread::sleep(Duration::from_millis(200));
            std::process::exit(7)
        }
        "exit" => std::process::exit(7),
        "hang" => thread::sleep(Duration::from_secs(600)),
        "late" => thread::sleep(Duration::from_secs(3)),
        "garbage" => return post(&format!("invocation/{id}/response"), "oops".to_owned()).await,
        "too large" => answers[0]["data"] = "A".repeat(7_000_000).into(),
        "omits an id" => answers.truncate(answers.len() - 1),
        "repeats an id" => answers.push(answers[0].clone()),
        "invents an id" => answers.push(json!({"recordId": "new", "result": "Dropped"})),
        "wrong result" => answers[0]["result"] = "OK".into(),
        "no data" => answers[0] = json!({"recordId": answers[0]["recordId"], "result": "Ok"}),
        other => return Err(format!("unknown FAULT {other:?}").into()),
    }
    let response = json!({"records": answers}).to_string();
    post(&format!("invocation/{id}/response"), response).await?;
    thread::sleep(Duration::from_secs(600));
    Ok(())
}
