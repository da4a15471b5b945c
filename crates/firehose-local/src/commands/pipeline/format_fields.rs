/// The formats of `parse`, with the fields of the JSON object that each format gives.
pub(super) const FORMAT_FIELDS: &[(&str, &str)] = &[
    (
        "apache_common",
        "host, identity, user, timestamp, method, path, protocol, status, size; also message, if the \
         request is not a method, a path and a protocol",
    ),
    (
        "apache_combined",
        "host, identity, user, timestamp, method, path, protocol, status, size, referrer, agent; also \
         message, as for apache_common",
    ),
    (
        "nginx",
        "client, user, timestamp, request, method, path, protocol, status, size, referer, agent; also \
         compression, if the line has it",
    ),
    (
        "nginx_main",
        "remote_addr, remote_user, timestamp, request, method, path, protocol, status, \
         body_bytes_size, http_referer, http_user_agent, http_x_forwarded_for",
    ),
    (
        "nginx_error",
        "those of these fields that the line has: timestamp, severity, pid, tid, cid, message, excess, \
         zone, client, server, request, subrequest, upstream, host, referer",
    ),
    (
        "syslog",
        "those of these fields that the line has: timestamp, hostname, facility, severity, version, \
         appname, procid, msgid, message; also an object for each element of structured data, \
         named after its id",
    ),
    (
        "vpc_flow_log",
        "version, account_id, interface_id, srcaddr, dstaddr, srcport, dstport, protocol, packets, \
         bytes, start, end, action, log_status; if the line or the option `fields` has \
         other fields: their names, with _ in place of -",
    ),
    (
        "cloudfront",
        "date, time, x_edge_location, sc_bytes, c_ip, cs_method, cs_host, cs_uri_stem, sc_status, \
         cs_referrer, cs_user_agent, cs_uri_query, cs_cookie, x_edge_result_type, x_edge_request_id, \
         x_host_header, cs_protocol, cs_bytes, time_taken, x_forwarded_for, ssl_protocol, ssl_cipher, \
         x_edge_response_result_type, cs_protocol_version, fle_status, fle_encrypted_fields, c_port, \
         time_to_first_byte, x_edge_detailed_result_type, sc_content_type, sc_content_len, \
         sc_range_start, sc_range_end; with `fields`: their names, in lower case and with _",
    ),
    (
        "cloudfront_real_time",
        "the names in `fields`, in lower case and with _: cs_user_agent for cs-user-agent",
    ),
    (
        "alb",
        "type, time, elb, client_ip, client_port, target_ip, target_port, request_processing_time, \
         target_processing_time, response_processing_time, elb_status_code, target_status_code, \
         received_bytes, sent_bytes, request_verb, request_url, request_proto, user_agent, ssl_cipher, \
         ssl_protocol, target_group_arn, trace_id, domain_name, chosen_cert_arn, \
         matched_rule_priority, request_creation_time, actions_executed, redirect_url, \
         lambda_error_reason, target_port_list, target_status_code_list, classification, \
         classification_reason, conn_trace_id",
    ),
    (
        "s3_access",
        "bucketowner, bucket_name, requestdatetime, remoteip, requester, requestid, operation, key, \
         request_uri, httpstatus, errorcode, bytessent, objectsize, totaltime, turnaroundtime, \
         referrer, useragent, versionid, hostid, sigv, ciphersuite, authtype, endpoint, tlsversion, \
         accesspointarn, aclrequired, sourceregion",
    ),
    (
        "waf",
        "the members of the line, such as timestamp, action and httpRequest; the list \
         httpRequest.headers becomes an object",
    ),
    ("logfmt", "the keys of the line"),
    ("csv", "the names in `fields`"),
    ("regex", "the named groups of `pattern`: level for (?<level>[A-Z]+)"),
    ("grok", "the names in `pattern`: ip for %{IP:ip}"),
];

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use firehose_transforms::parse::LineFormat;
    use serde_json::Value;

    use super::*;

    /// Returns the test cases of a format, without cases that set options.
    fn cases(format: &str) -> Vec<Value> {
        let fixtures =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/transforms/parse");
        let files = fs::read_dir(fixtures.join(format)).unwrap();
        let texts = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
        let cases = texts.map(|text| serde_json::from_str::<Value>(&text).unwrap());
        cases
            .filter(|case| ["options", "from", "into"].iter().all(|it| case[it].is_null()))
            .collect()
    }

    #[test]
    fn each_format_has_its_fields() {
        let names: Vec<_> = FORMAT_FIELDS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, LineFormat::names().collect::<Vec<_>>());
        for (format, fields) in FORMAT_FIELDS {
            // The lines of these formats have any fields.
            if ["waf", "logfmt", "csv", "regex", "grok"].contains(format) {
                continue;
            }
            let words: Vec<_> = fields.split([',', ' ', ';']).collect();
            for case in cases(format) {
                let object = case["json"].as_object().into_iter().flatten();
                for (field, value) in object {
                    // Elements of structured data, and fields of later versions of flow logs.
                    let is_free = (*format == "syslog" && value.is_object())
                        || (*format == "vpc_flow_log" && case["json"]["version"] != 2);
                    assert!(is_free || words.contains(&field.as_str()), "{format}: {field}");
                }
            }
        }
    }
}
