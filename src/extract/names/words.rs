//! Words that tell names of code from what looks like one: addresses, casts, products, variables.

/// Words that stand beside the name of a piece of code.
pub(super) const INTRODUCERS: &[&str] = &[
    "class",
    "classes",
    "crate",
    "enum",
    "function",
    "import",
    "imports",
    "interface",
    "method",
    "module",
    "modules",
    "namespace",
    "package",
    "packages",
    "struct",
    "trait",
];

/// First parts of packages: reversed domains and the libraries of the JVM's languages.
pub(super) const ROOTS: &[&str] = &[
    "akka", "android", "androidx", "com", "dev", "edu", "gov", "io", "jakarta", "java", "javax", "kotlin", "kotlinx",
    "net", "org", "scala",
];

/// Last words of a host or of a domain.
pub(super) const HOST_ENDINGS: &[&str] = &[
    "ai",
    "app",
    "biz",
    "cloud",
    "cluster",
    "co",
    "com",
    "de",
    "dev",
    "edu",
    "eu",
    "example",
    "fr",
    "gov",
    "info",
    "internal",
    "invalid",
    "io",
    "jp",
    "lan",
    "local",
    "localhost",
    "me",
    "mil",
    "net",
    "org",
    "sh",
    "svc",
    "test",
    "tv",
    "uk",
    "us",
    "xyz",
];

/// Endings that classes have and keys of JSON, tables and products have not.
pub(super) const CLASS_ENDINGS: &[&str] = &[
    "Adapter",
    "Builder",
    "Cache",
    "Client",
    "Consumer",
    "Controller",
    "Dao",
    "Dispatcher",
    "Engine",
    "Executor",
    "Factory",
    "Filter",
    "Gateway",
    "Guard",
    "Handler",
    "Helper",
    "Impl",
    "Interceptor",
    "Job",
    "Listener",
    "Loader",
    "Manager",
    "Mapper",
    "Middleware",
    "Parser",
    "Pool",
    "Processor",
    "Producer",
    "Provider",
    "Publisher",
    "Queue",
    "Registry",
    "Repository",
    "Resolver",
    "Scheduler",
    "Serializer",
    "Servlet",
    "Service",
    "Store",
    "Subscriber",
    "Utils",
    "Validator",
    "Worker",
    "Writer",
];

/// Names of variables: a call on one names no module.
pub(super) const RECEIVERS: &[&str] = &[
    "args", "body", "cls", "conn", "context", "ctx", "data", "db", "err", "error", "event", "exports", "item", "obj",
    "object", "params", "payload", "props", "req", "request", "res", "resp", "response", "result", "row", "self",
    "session", "state", "super", "this", "user",
];

/// What every program of a language has.
pub(super) const GLOBALS: &[&str] = &[
    "Array",
    "Boolean",
    "Date",
    "Integer",
    "Long",
    "Math",
    "Number",
    "Object",
    "Promise",
    "Reflect",
    "String",
    "Symbol",
    "console",
    "document",
    "globalThis",
    "module",
    "process",
    "window",
    "www",
];

/// Types that a cast of SQL names.
pub(super) const SQL_TYPES: &[&str] = &[
    "bigint",
    "bool",
    "boolean",
    "bytea",
    "char",
    "date",
    "decimal",
    "double",
    "float",
    "float4",
    "float8",
    "inet",
    "int",
    "int2",
    "int4",
    "int8",
    "integer",
    "interval",
    "json",
    "jsonb",
    "money",
    "name",
    "numeric",
    "oid",
    "real",
    "regclass",
    "smallint",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "uuid",
    "varchar",
    "xml",
];

/// Parts of an element that a selector of CSS names.
pub(super) const PSEUDO: &[&str] =
    &["after", "backdrop", "before", "cue", "first", "marker", "part", "placeholder", "selection", "slotted"];

/// First folders of Windows and first keys of its registry.
pub(super) const WINDOWS: &[&str] =
    &["Documents", "Files", "Microsoft", "Program", "Software", "System", "System32", "Temp", "Users", "Windows"];

/// Products whose names are written like a class.
pub(super) const PRODUCTS: &[&str] = &[
    "BitBucket",
    "ClickUp",
    "GitHub",
    "GitLab",
    "JavaScript",
    "LinkedIn",
    "MySQL",
    "PostgreSQL",
    "TypeScript",
    "YouTube",
];
