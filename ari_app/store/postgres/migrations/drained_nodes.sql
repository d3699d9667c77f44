CREATE TABLE drained_nodes (
    node text collate "C" primary key,
    since bigint not null,
    rowid bigint generated always as identity
);
