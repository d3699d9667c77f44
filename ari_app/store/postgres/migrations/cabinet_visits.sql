CREATE TABLE cabinet_visits (
    token text collate "C" primary key,
    subscriber bigint not null,
    language text collate "C" not null,
    csrf text collate "C" not null,
    began bigint not null,
    seen bigint not null,
    proven bigint not null
);
CREATE INDEX cabinet_visits_of_subscriber on cabinet_visits (subscriber);
CREATE INDEX cabinet_visits_seen on cabinet_visits (seen);
