use firehose_runtime::async_trait;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use object_store::{
    ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
        HttpResponseBody, HttpService, ReqwestConnector,
    },
};

/// The longest answer that is held in memory, in bytes. A list of 1,000 keys of 1,024 bytes takes
/// less than half of this limit. Objects are read in pieces, and have no limit.
const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// A connector to S3 that limits the length of lists and of error answers. An endless answer is an
/// error, and does not fill the memory.
#[derive(Debug, Default)]
pub(super) struct BoundedConnector(ReqwestConnector);

#[derive(Debug)]
struct BoundedClient(HttpClient);

impl HttpConnector for BoundedConnector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(BoundedClient(self.0.connect(options)?)))
    }
}

#[async_trait]
impl HttpService for BoundedClient {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let is_list = request.uri().query().is_some_and(|query| query.contains("list-type="));
        let response = self.0.execute(request).await?;
        if response.status().is_success() && !is_list {
            return Ok(response);
        }
        Ok(response.map(|body| {
            let limited = Limited::new(body, MAX_ANSWER_BYTES);
            HttpResponseBody::new(limited.map_err(|error| {
                let error = match error.is::<LengthLimitError>() {
                    true => format!("the response is longer than {MAX_ANSWER_BYTES} bytes").into(),
                    false => error,
                };
                HttpError::new_boxed(HttpErrorKind::Decode, error)
            }))
        }))
    }
}
