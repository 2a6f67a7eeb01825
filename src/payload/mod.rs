//! Payloads: JSON (also truncated or with comments), JWTs (claims and times only), HTTP exchanges. Nothing is verified, no secret kept.

mod http;
mod json;
mod jwt;

pub use http::{HttpExchange, HttpHeader, find_http};
pub use json::{EmbeddedJson, JsonKey, find_json, read_json};
pub use jwt::{JwtClaims, decode_jwt, find_jwts};
