//! Texts with a name and texts that only look like one.

use std::ops::Range;

use proptest::prelude::*;

use super::shape::names_in;

/// Strips the code spans of a line, as flat text does.
fn flat(line: &str) -> (String, Vec<Range<usize>>) {
    let (mut text, mut spans) = (String::new(), Vec::new());
    for (index, piece) in line.split('`').enumerate() {
        let start = text.len();
        text.push_str(piece);
        if index % 2 == 1 {
            spans.push(start..text.len());
        }
    }
    (text, spans)
}

fn names(line: &str) -> Vec<String> {
    let (text, spans) = flat(line);
    names_in(&text, &spans).into_iter().map(|name| text[name.range].to_owned()).collect()
}

/// A line and the name in it.
const YES: &[(&str, &str)] = &[
    ("crate::a::b", "crate::a::b"),
    ("fails in `crate::auth::token` at start", "crate::auth::token"),
    ("std::sync::Mutex is held", "std::sync::Mutex"),
    ("Session::refresh() returns twice", "Session::refresh"),
    ("the lock in Cart::Ledger.", "Cart::Ledger"),
    ("Ledger::Entry::post: fails", "Ledger::Entry::post"),
    ("`Billing::Invoice#total`", "Billing::Invoice#total"),
    ("foo::bar::Baz<T>", "foo::bar::Baz"),
    ("(boost::asio::io_context)", "boost::asio::io_context"),
    ("My::Module->new", "My::Module"),
    ("super::limits::take", "super::limits::take"),
    ("com.shop.cart.CartService", "com.shop.cart.CartService"),
    ("com.x.y.Klass", "com.x.y.Klass"),
    ("com.x.y.Klass.method() waits", "com.x.y.Klass.method"),
    ("org.apache.commons.pool2.impl.GenericObjectPool", "org.apache.commons.pool2.impl.GenericObjectPool"),
    ("java.util.concurrent.ConcurrentHashMap is used", "java.util.concurrent.ConcurrentHashMap"),
    ("see com.shop.Outer$Inner", "com.shop.Outer$Inner"),
    ("io.netty.channel.EventLoop, blocked", "io.netty.channel.EventLoop"),
    ("kotlinx.coroutines.Job is leaked", "kotlinx.coroutines.Job"),
    ("jakarta.persistence.EntityManager:", "jakarta.persistence.EntityManager"),
    ("org.shop.Cart.add was called", "org.shop.Cart.add"),
    ("pkg.mod.function()", "pkg.mod.function"),
    ("`billing.invoices.close_month()` hangs", "billing.invoices.close_month"),
    ("app.tasks.sync.run(batch)", "app.tasks.sync.run"),
    ("the module `app.auth.tokens` caches", "app.auth.tokens"),
    ("the app.auth.tokens module", "app.auth.tokens"),
    ("class Shop.Cart.Basket is sealed", "Shop.Cart.Basket"),
    ("package shop.cart.internals", "shop.cart.internals"),
    ("namespace Shop.Orders holds it", "Shop.Orders"),
    ("App\\Models\\User", "App\\Models\\User"),
    ("`Namespace\\Klass`", "Namespace\\Klass"),
    ("\\App\\Http\\Controllers\\CartController", "App\\Http\\Controllers\\CartController"),
    ("App\\CartController is slow", "App\\CartController"),
    ("App\\Cart\\Basket::add()", "App\\Cart\\Basket::add"),
    ("`Klass#method`", "Klass#method"),
    ("CartService#addItem", "CartService#addItem"),
    ("Basket#add_item is not atomic", "Basket#add_item"),
    ("com.x.Basket#close()", "com.x.Basket#close"),
    ("Klass::method", "Klass::method"),
    ("Klass.method()", "Klass.method"),
    ("Basket.close(reason) is called twice", "Basket.close"),
    ("TokenCache.refresh is not atomic", "TokenCache.refresh"),
    ("`OrderService.place` and more", "OrderService.place"),
    ("app.services.UserService starts", "app.services.UserService"),
    ("Shop.Orders.OrderRepository", "Shop.Orders.OrderRepository"),
    ("crate::pool::Pool.take()", "crate::pool::Pool.take"),
    ("日本語 crate::a::run 。", "crate::a::run"),
];

/// Lines that hold no name.
const NO: &[&str] = &[
    "https://api.example.com/v1/Users",
    "https://docs.test/?class=com.x.y.Klass",
    "http://host.test/com.x.y.Klass",
    "api.example.com",
    "API.Example.Com",
    "db-1.prod.internal",
    "www.Example.Shop",
    "redis.cache.svc.cluster.local",
    "user@mail.example.com",
    "first.last@example.com",
    "v2.3.1",
    "version 1.2.3-rc.1",
    "2.0.0.RELEASE",
    "v1.beta.Klass()",
    "application/vnd.api.Thing+json",
    "text/html",
    "application/json",
    "2024.01.02",
    "01.Feb.2024",
    "12:30:15.123",
    "config.yaml",
    "app.module.ts",
    "UserService.java",
    "settings.Production.json",
    "README.md#Usage",
    "archive.tar.gz",
    "users.email",
    "SELECT u.Name FROM Users.Orders",
    "UPDATE accounts.Balance SET x",
    "orders.customer_id is null",
    "SELECT id::text FROM t",
    "created_at::date",
    "users.id::bigint",
    "payload::jsonb",
    "$.data.items",
    "data.items.name",
    "response.body.Value",
    "payload.user.FirstName",
    "config.db.MaxConnections",
    "metadata.labels.app",
    "spring.datasource.url",
    "net.core.somaxconn",
    "org.opencontainers.image.title",
    "logging.level.root",
    "http.server.requests",
    "obj.log(x)",
    "x.Lock()",
    "self.config.get()",
    "this.items.push(x)",
    "req.body.user.trim()",
    "console.log(x)",
    "Math.max(1, 2)",
    "Promise.all(jobs)",
    "fe80::1",
    "fe80::abcd",
    "2001:db8::ff",
    "::1",
    "arn:aws:iam::role",
    "arn:aws:s3:::bucket",
    "AWS::S3::Bucket",
    "li::before",
    "::error file=a",
    ":smile::heart:",
    "C:\\Users\\Alice",
    "C:\\Program Files\\Shop\\CartApp",
    "CORP\\Alice",
    "\\\\server\\Share\\Files",
    "Windows\\System32\\Drivers",
    "foo\\nbar",
    "\\d+\\w",
    "Issue#12",
    "shop/cart#12",
    "Guide#install",
    "GitHub#issues",
    "page#section",
    "C#",
    "#general",
    "Node.js",
    "ASP.NET",
    "Socket.io",
    "it failed.Then it stopped",
    "e.g. this, i.e. that",
    "U.S.A. and Ph.D.",
    "the Class. Module.",
    "a.b",
    "java.lang.NullPointerException",
    "billing::LedgerError",
    "com.x.*",
    "deployment.apps/cart",
    "npm package socket.io",
    "$env.Service.run()",
    "--flag.Service.run()",
    "10.0.0.1",
    "...",
    "",
];

#[test]
fn names_are_found_as_they_are_written() {
    assert!(YES.len() >= 40);
    let missed: Vec<_> = YES.iter().filter(|(line, name)| names(line) != [*name]).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_only_looks_like_a_name_is_none() {
    assert!(NO.len() >= 60);
    let found: Vec<_> = NO.iter().filter(|line| !names(line).is_empty()).collect();
    assert!(found.is_empty(), "{found:#?}");
}

proptest! {
    #[test]
    fn names_lie_in_order_in_their_line_and_are_found_again(
        pieces in prop::collection::vec(prop_oneof![
            Just("::".to_owned()), Just(".".to_owned()), Just("\\".to_owned()), Just("#".to_owned()), Just("()".to_owned()),
            Just(" ".to_owned()), Just("com.x".to_owned()), Just("class ".to_owned()), Just("é".to_owned()), Just("`".to_owned()),
            "[A-Z][a-z]{0,5}(Service)?", "[a-z_]{1,6}", ".{0,3}",
        ], 0..24)
    ) {
        let (text, spans) = flat(&pieces.concat());
        let mut end = 0;
        for name in names_in(&text, &spans) {
            prop_assert!(end <= name.range.start && name.range.start < name.range.end);
            end = name.range.end;
            let quote = &text[name.range];
            prop_assert!(quote.is_ascii() && text.contains(quote));
            // Alone it is read as itself, or not at all where its neighbours told what it is.
            let whole = 0..quote.len();
            let alone = names_in(quote, std::slice::from_ref(&whole));
            prop_assert!(alone.iter().all(|found| found.range == whole));
        }
    }
}
