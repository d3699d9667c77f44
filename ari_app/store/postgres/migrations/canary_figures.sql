alter table canaries add column figures text collate "C" not null default '';
