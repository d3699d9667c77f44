-- migration people
-- migration accounts
-- migration calls
-- migration ways
-- migration outbox
-- migration left_to_people
-- migration bills
-- migration declarations
-- migration versions
-- migration code_words
-- migration forgettable
-- migration ordering
-- migration orders
-- migration desk
-- migration act_states
-- migration other_phones
-- migration one_time_codes
-- migration vouchers
-- migration failed_texts
-- migration growth
-- migration menu_sets
-- migration changes
-- migration card_events
-- migration announcement_reach
-- migration agent_queues
-- migration agent_access
-- migration checkpoints
-- migration linked_cards
-- migration ways_of_tries
-- migration agent_phones
-- migration name_words
-- migration conversations
-- migration statistics
-- migration filled
-- migration other_systems
-- migration callback_places
-- migration tasks
-- migration surveys
-- migration campaigns
-- migration reports
-- migration gave_up
-- migration quality
-- migration campaign_calls
-- migration survey_texts
-- migration callback_events
-- migration preferred_agents
-- migration tapes
-- migration complaints_of_subscribers
-- migration canaries
-- migration canary_figures
-- migration workers
-- migration cabinet_visits
-- migration drained_nodes
CREATE TABLE subscribers (
            id integer primary key,
            msisdn text not null unique,
            name text not null,
            language text not null,
            area text not null,
            sip_user text unique,
            sip_password text,
            created integer not null
        ) strict;
CREATE TABLE agents (
            name text primary key,
            full_name text not null,
            extension text not null unique,
            languages text not null,
            sip_user text not null unique,
            sip_password text not null
        , role text not null default 'agent', password text not null default '', queues text not null default '{}', suspended integer not null default 0, second_factor text not null default '', factor_used integer not null default 0, phone text not null default 'sip') strict;
CREATE TABLE tariffs (
            id text primary key,
            names text not null,
            fee integer not null,
            minutes integer not null,
            gigabytes integer not null
        , code text not null default '') strict;
CREATE TABLE services (
            id text primary key,
            names text not null,
            fee integer not null
        , code text not null default '') strict;
CREATE TABLE accounts (
            subscriber integer primary key references subscribers,
            balance integer not null,
            tariff text not null references tariffs
        , minutes integer not null default 0, gigabytes integer not null default 0, month text not null default '0001-01-01', points integer not null default 0, next_tariff text references tariffs, next_since text, paused_since text, paused_until text, promised text, blocked integer not null default 0, puk text not null default '') strict;
CREATE TABLE account_services (
            subscriber integer not null references accounts,
            service text not null references services,
            primary key (subscriber, service)
        ) strict, without rowid;
CREATE TABLE payments (
            id integer primary key,
            subscriber integer not null references accounts,
            day text not null,
            amount integer not null
        ) strict;
CREATE INDEX payments_of_subscriber on payments (subscriber, day);
CREATE TABLE calls (
            id text primary key,
            line text not null,
            dialled text not null,
            caller text not null,
            subscriber integer,
            language text not null,
            flow text not null,
            version text not null,
            began integer not null,
            ended integer,
            ending text,
            cause integer
        , owner integer not null default 0) strict;
CREATE INDEX calls_began on calls (began);
CREATE INDEX calls_open on calls (id) where ended is null;
CREATE INDEX calls_of_subscriber on calls (subscriber, began) where subscriber is not null;
CREATE TABLE steps (
            call text not null,
            seq integer not null,
            at integer not null,
            node text not null,
            kind text not null,
            prompt text not null,
            key text not null,
            outcome text not null, flow text not null default '', way text not null default '', filled text not null default '',
            primary key (call, seq)
        ) strict, without rowid;
CREATE TABLE outbox (
            key text primary key,
            number text not null,
            text text not null,
            call text not null,
            created integer not null,
            state text not null,
            attempts integer not null,
            next_at integer,
            sent_at integer,
            error text not null
        , until integer, secret integer not null default 0, owner integer not null default 0) strict;
CREATE INDEX outbox_waiting on outbox (next_at) where state = 'waiting';
CREATE TABLE complaints (
            id integer primary key,
            key text not null unique,
            call text not null,
            at integer not null,
            number text not null,
            subscriber integer,
            file text not null,
            seconds real not null,
            state text not null,
            answer text not null
        ) strict;
CREATE TABLE callbacks (
            id integer primary key,
            key text not null unique,
            call text not null,
            at integer not null,
            number text not null,
            subscriber integer,
            topic text not null,
            state text not null
        , due integer, agent text not null default '', note text not null default '', queue text not null default '', language text not null default '', priority integer not null default 0, joined integer, attempts integer not null default 0, tried integer, calling text not null default '', outcome text not null default '', gave_up integer not null default 0) strict;
CREATE UNIQUE INDEX callbacks_open on callbacks (number) where state = 'open';
CREATE TABLE bills (
            id integer primary key,
            subscriber integer not null references accounts,
            month text not null,
            vat integer not null,
            unique (subscriber, month)
        ) strict;
CREATE TABLE bill_lines (
            bill integer not null references bills,
            seq integer not null,
            names text not null,
            amount integer not null,
            primary key (bill, seq)
        ) strict, without rowid;
CREATE TABLE announcements (
            id integer primary key,
            areas text not null,
            tariffs text not null,
            texts text not null,
            recording text not null,
            since integer not null,
            until integer not null,
            author text not null,
            cancelled integer,
            mended integer not null default 0
        , heard integer not null default 0) strict;
CREATE INDEX announcements_by_end on announcements (until);
CREATE TABLE announcement_hearings (
            announcement integer not null references announcements,
            call text not null,
            number text not null,
            at integer not null,
            primary key (announcement, call)
        ) strict, without rowid;
CREATE TABLE announcement_wishes (
            announcement integer not null references announcements,
            number text not null,
            subscriber integer,
            language text not null,
            call text not null,
            at integer not null,
            told integer,
            primary key (announcement, number)
        ) strict, without rowid;
CREATE INDEX announcement_wishes_open on announcement_wishes (announcement)
            where told is null;
CREATE TABLE forced_hours (
            id integer primary key,
            schedule text not null,
            state text not null,
            until integer not null,
            at integer not null,
            author text not null,
            why text not null
        ) strict;
CREATE INDEX forced_hours_of_schedule on forced_hours (schedule, id);
CREATE TABLE versions (
            flow text not null,
            version text not null,
            first integer not null,
            how text not null,
            text text not null,
            primary key (flow, version)
        ) strict;
CREATE INDEX calls_of_version on calls (flow, version, began);
CREATE TABLE code_words (
            subscriber integer primary key references subscribers,
            spoken text not null,
            keyed text not null,
            at integer not null,
            author text not null
        , pin text not null default '') strict;
CREATE TABLE code_word_tries (
            id integer primary key,
            key text unique,
            at integer not null,
            subscriber integer,
            number text not null,
            call text not null,
            agent text not null,
            outcome text not null,
            why text not null
        , way text not null default '') strict;
CREATE INDEX code_word_tries_of_subscriber on code_word_tries (subscriber, at);
CREATE INDEX code_word_tries_of_number on code_word_tries (number, at);
CREATE TRIGGER code_word_tries_keep_numbers before update of number on code_word_tries
            when new.number <> ''
            begin select raise(abort, 'the number of a try can only be taken out'); end;
CREATE TABLE "contacts" (
            id integer primary key,
            subscriber integer references subscribers,
            at integer not null,
            channel text not null,
            topic text not null,
            question text not null,
            solution text not null,
            agent text not null,
            first_contact_solved integer not null
        , card text not null default '', call text not null default '') strict;
CREATE INDEX contacts_of_subscriber on contacts (subscriber, at);
CREATE TRIGGER code_word_tries_are_kept before delete on code_word_tries
            when old.subscriber is not null or old.number <> ''
            begin select raise(abort, 'a try of somebody is kept'); end;
CREATE TRIGGER code_word_tries_end_once
            before update of id, key, at, subscriber, call, agent, outcome, why on code_word_tries
            when old.outcome <> 'open' and (
                (new.id, new.key, new.at, new.call, new.agent, new.outcome)
                    is not (old.id, old.key, old.at, old.call, old.agent, old.outcome)
                or coalesce(new.subscriber, old.subscriber) is not old.subscriber
                or new.why not in ('', old.why))
            begin select raise(abort, 'a try that has ended is kept as it is'); end;
CREATE INDEX code_word_tries_at on code_word_tries (at);
CREATE INDEX outbox_created on outbox (created);
CREATE INDEX announcement_hearings_at on announcement_hearings (at);
CREATE UNIQUE INDEX tariffs_by_code on tariffs (code);
CREATE UNIQUE INDEX services_by_code on services (code);
CREATE TABLE charges (
            id integer primary key,
            subscriber integer not null references accounts,
            at integer not null,
            names text not null,
            number text not null,
            seconds integer not null,
            amount integer not null
        ) strict;
CREATE INDEX charges_of_subscriber on charges (subscriber, at);
CREATE TABLE sales (
            number integer primary key,
            seller integer not null references accounts,
            recipient integer not null references accounts,
            unit text not null,
            amount integer not null,
            price integer not null,
            until text not null
        ) strict;
CREATE TABLE till (
            money integer not null,
            minutes integer not null,
            gigabytes integer not null,
            points integer not null
        ) strict;
CREATE TABLE placed_orders (
            key text primary key,
            number integer unique,
            subscriber integer not null,
            at integer not null,
            request text not null,
            answer text not null
        ) strict;
CREATE INDEX placed_orders_of_subscriber on placed_orders (subscriber, at);
CREATE TABLE orders (
            key text primary key,
            subscriber integer not null,
            operation text not null,
            wanted text not null,
            deal text not null,
            agreed text not null,
            call text not null,
            language text not null,
            created integer not null,
            state text not null,
            answer text not null,
            attempts integer not null,
            next_at integer,
            ended integer
        , owner integer not null default 0) strict;
CREATE INDEX orders_open on orders (next_at) where state = 'open';
CREATE INDEX orders_of_subscriber on orders (subscriber, operation, created);
CREATE TABLE desk_sessions (
            token text primary key,
            agent text not null,
            csrf text not null,
            created integer not null,
            rotated integer not null,
            seen integer not null,
            expires integer not null
        ) strict, without rowid;
CREATE INDEX desk_sessions_of_agent on desk_sessions (agent);
CREATE TABLE cards (
            id text primary key,
            agent text not null,
            channel text not null,
            call text not null,
            number text not null,
            name text not null,
            subscriber integer,
            queue text not null,
            topic text not null,
            language text not null,
            identity text not null,
            opened integer not null,
            answered integer,
            ended integer,
            closed integer,
            came_from text not null
        , about text not null default '', identified text not null default '') strict;
CREATE INDEX cards_unfinished on cards (agent, opened) where closed is null;
CREATE INDEX cards_of_channel on cards (channel, opened);
CREATE INDEX cards_of_subscriber on cards (subscriber, opened) where subscriber is not null;
CREATE INDEX cards_opened on cards (opened);
CREATE TABLE card_texts (
            seq integer primary key,
            card text not null,
            field text not null,
            key text not null unique,
            text text not null,
            at integer not null
        ) strict;
CREATE INDEX card_texts_of_card on card_texts (card, field, seq);
CREATE UNIQUE INDEX contacts_of_card on contacts (card) where card <> '';
CREATE TABLE tickets (
            id integer primary key,
            key text not null unique,
            subscriber integer,
            number text not null,
            department text not null,
            topic text not null,
            text text not null,
            state text not null,
            owner text not null,
            created integer not null,
            author text not null,
            due integer not null,
            closed integer,
            call text not null
        ) strict;
CREATE INDEX tickets_of_subscriber on tickets (subscriber, created)
            where subscriber is not null;
CREATE INDEX tickets_open on tickets (due) where state not in ('solved', 'closed');
CREATE TABLE ticket_history (
            seq integer primary key,
            ticket integer not null references tickets,
            key text not null unique,
            at integer not null,
            author text not null,
            what text not null,
            note text not null
        ) strict;
CREATE INDEX ticket_history_of_ticket on ticket_history (ticket, seq);
CREATE TABLE colleague_notes (
            id integer primary key,
            key text not null unique,
            subscriber integer not null,
            at integer not null,
            agent text not null,
            text text not null
        ) strict;
CREATE INDEX colleague_notes_of_subscriber on colleague_notes (subscriber, at);
CREATE TABLE acts (
            key text primary key,
            at integer not null,
            agent text not null,
            subscriber integer,
            call text not null,
            card text not null,
            operation text not null,
            inputs text not null,
            reason text not null,
            identity text not null,
            outcome text not null
        , before text not null default '{}', after text not null default '{}') strict;
CREATE INDEX acts_of_subscriber on acts (subscriber, at) where subscriber is not null;
CREATE INDEX acts_of_card on acts (card, at) where card <> '';
CREATE INDEX acts_at on acts (at);
CREATE TABLE views (
            id integer primary key,
            at integer not null,
            agent text not null,
            subscriber integer,
            what text not null
        ) strict;
CREATE INDEX views_of_subscriber on views (subscriber, at) where subscriber is not null;
CREATE INDEX views_of_agent on views (agent, at);
CREATE INDEX views_at on views (at);
CREATE INDEX subscribers_by_end on subscribers (substr(msisdn, -4));
CREATE VIEW subscribers_folded (id, name, msisdn, area) as select id, replace(replace(name, 'ё', 'е'), 'Ё', 'Е'), replace(replace(msisdn, 'ё', 'е'), 'Ё', 'Е'), replace(replace(area, 'ё', 'е'), 'Ё', 'Е') from subscribers;
CREATE VIRTUAL TABLE subscribers_words using fts5 (name, msisdn, area,
            content = 'subscribers_folded', content_rowid = 'id', tokenize = 'unicode61',
            prefix = '3');
CREATE TRIGGER subscribers_words_in after insert on subscribers begin insert into subscribers_words (rowid, name, msisdn, area) values (new.id, replace(replace(new.name, 'ё', 'е'), 'Ё', 'Е'), replace(replace(new.msisdn, 'ё', 'е'), 'Ё', 'Е'), replace(replace(new.area, 'ё', 'е'), 'Ё', 'Е')); end;
CREATE TRIGGER subscribers_words_out after delete on subscribers begin insert into subscribers_words (subscribers_words, rowid, name, msisdn, area) values ('delete', old.id, replace(replace(old.name, 'ё', 'е'), 'Ё', 'Е'), replace(replace(old.msisdn, 'ё', 'е'), 'Ё', 'Е'), replace(replace(old.area, 'ё', 'е'), 'Ё', 'Е')); end;
CREATE TRIGGER subscribers_words_changed after update of name, msisdn, area on subscribers
            begin insert into subscribers_words (subscribers_words, rowid, name, msisdn, area) values ('delete', old.id, replace(replace(old.name, 'ё', 'е'), 'Ё', 'Е'), replace(replace(old.msisdn, 'ё', 'е'), 'Ё', 'Е'), replace(replace(old.area, 'ё', 'е'), 'Ё', 'Е')); insert into subscribers_words (rowid, name, msisdn, area) values (new.id, replace(replace(new.name, 'ё', 'е'), 'Ё', 'Е'), replace(replace(new.msisdn, 'ё', 'е'), 'Ё', 'Е'), replace(replace(new.area, 'ё', 'е'), 'Ё', 'Е')); end;
CREATE VIEW contacts_folded (id, question, solution, topic) as select id, replace(replace(question, 'ё', 'е'), 'Ё', 'Е'), replace(replace(solution, 'ё', 'е'), 'Ё', 'Е'), replace(replace(topic, 'ё', 'е'), 'Ё', 'Е') from contacts;
CREATE VIRTUAL TABLE contacts_words using fts5 (question, solution, topic,
            content = 'contacts_folded', content_rowid = 'id', tokenize = 'unicode61',
            prefix = '3');
CREATE TRIGGER contacts_words_in after insert on contacts begin insert into contacts_words (rowid, question, solution, topic) values (new.id, replace(replace(new.question, 'ё', 'е'), 'Ё', 'Е'), replace(replace(new.solution, 'ё', 'е'), 'Ё', 'Е'), replace(replace(new.topic, 'ё', 'е'), 'Ё', 'Е')); end;
CREATE TRIGGER contacts_words_out after delete on contacts begin insert into contacts_words (contacts_words, rowid, question, solution, topic) values ('delete', old.id, replace(replace(old.question, 'ё', 'е'), 'Ё', 'Е'), replace(replace(old.solution, 'ё', 'е'), 'Ё', 'Е'), replace(replace(old.topic, 'ё', 'е'), 'Ё', 'Е')); end;
CREATE TRIGGER contacts_words_changed after update of question, solution, topic on contacts
            begin insert into contacts_words (contacts_words, rowid, question, solution, topic) values ('delete', old.id, replace(replace(old.question, 'ё', 'е'), 'Ё', 'Е'), replace(replace(old.solution, 'ё', 'е'), 'Ё', 'Е'), replace(replace(old.topic, 'ё', 'е'), 'Ё', 'Е')); insert into contacts_words (rowid, question, solution, topic) values (new.id, replace(replace(new.question, 'ё', 'е'), 'Ё', 'Е'), replace(replace(new.solution, 'ё', 'е'), 'Ё', 'Е'), replace(replace(new.topic, 'ё', 'е'), 'Ё', 'Е')); end;
CREATE INDEX code_word_tries_of_call on code_word_tries (call);
CREATE TABLE second_contacts (
            subscriber integer primary key references subscribers,
            number text not null
        ) strict;
CREATE TABLE one_time_codes (
            key text primary key,
            subscriber integer not null,
            number text not null,
            call text not null,
            hash text not null,
            at integer not null,
            tries integer not null default 0,
            used integer not null default 0
        ) strict;
CREATE INDEX one_time_codes_of_subscriber on one_time_codes (subscriber, at);
CREATE INDEX one_time_codes_of_number on one_time_codes (number, at);
CREATE INDEX one_time_codes_of_call on one_time_codes (call);
CREATE TABLE vouchers (
            id text primary key,
            amount integer not null,
            used integer not null
        ) strict;
CREATE INDEX outbox_failed on outbox (number, created) where state = 'failed';
CREATE INDEX subscribers_of_area on subscribers (area);
CREATE INDEX announcement_hearings_of_number on announcement_hearings (number, at);
CREATE INDEX outbox_of_number on outbox (number, created);
CREATE INDEX outbox_of_call on outbox (call);
CREATE INDEX orders_created on orders (created);
CREATE INDEX complaints_open on complaints (id) where state = 'open';
CREATE INDEX complaints_recorded on complaints (at) where file <> '';
CREATE INDEX tickets_due on tickets (due);
CREATE INDEX tickets_of_state on tickets (state, due);
CREATE INDEX tickets_of_department on tickets (department, due);
CREATE TABLE menu_sets (
            id integer primary key,
            at integer not null,
            by text not null,
            how text not null,
            changes text not null
        ) strict;
CREATE TABLE menu_files (
            menu_set integer not null references menu_sets (id) on delete cascade,
            name text not null,
            hash text not null,
            primary key (menu_set, name)
        ) strict, without rowid;
CREATE TABLE menu_contents (
            hash text primary key,
            content blob not null
        ) strict;
CREATE TABLE changes (
            id integer primary key,
            at integer not null,
            who text not null,
            what text not null,
            subject text not null,
            detail text not null,
            place text not null
        );
CREATE INDEX changes_at on changes (at);
CREATE INDEX changes_of on changes (who, at);
CREATE TABLE card_events (
            card text not null references cards (id) on delete cascade,
            event text not null,
            at integer not null,
            attempts integer not null,
            next_at integer,
            primary key (card, event)
        ) strict, without rowid;
CREATE INDEX card_events_due on card_events (next_at);
CREATE TABLE checkpoints (
            call text primary key,
            channel text not null,
            at integer not null,
            body blob not null
        ) strict;
CREATE INDEX code_word_tries_over_ways on code_word_tries (at) where way <> '';
CREATE TABLE name_words (word text primary key, sound text not null) strict, without rowid;
CREATE INDEX name_words_by_sound on name_words (sound);
CREATE TABLE name_errors (
            form text not null,
            word text not null,
            primary key (form, word)
        ) strict, without rowid;
CREATE TABLE conversations (
            id integer primary key,
            file text not null unique,
            at integer not null,
            channel text not null,
            call text not null,
            agent text not null,
            queue text not null,
            number text not null,
            subscriber integer,
            paused integer not null default 0
        ) strict;
CREATE INDEX conversations_at on conversations (at);
CREATE INDEX conversations_of_channel on conversations (channel, at);
CREATE INDEX conversations_of_number on conversations (number, at) where number <> '';
CREATE INDEX conversations_of_subscriber on conversations (subscriber, at)
            where subscriber is not null;
CREATE TABLE queue_calls (
            id integer primary key,
            channel text not null,
            call text not null default '',
            queue text not null,
            topic text not null default '',
            language text not null default '',
            number text not null default '',
            subscriber integer,
            flow text not null default '',
            version text not null default '',
            priority integer not null default 0,
            joined integer not null,
            answered integer,
            left integer,
            how text not null,
            agent text not null default '',
            ended integer,
            wrap integer,
            transferred text not null default '',
            promised integer,
            pop integer,
            unique (channel, queue, joined)
        ) strict;
CREATE INDEX queue_calls_joined on queue_calls (joined);
CREATE INDEX queue_calls_open on queue_calls (joined)
            where left is null or (answered is not null and ended is null);
CREATE INDEX queue_calls_of_call on queue_calls (call) where call <> '';
CREATE INDEX queue_calls_of_number on queue_calls (number, joined) where number <> '';
CREATE INDEX queue_calls_of_subscriber on queue_calls (subscriber, joined)
            where subscriber is not null;
CREATE INDEX queue_calls_of_agent on queue_calls (agent, joined) where agent <> '';
CREATE TABLE agent_states (
            id integer primary key,
            agent text not null,
            state text not null,
            reason text not null default '',
            since integer not null,
            until integer,
            unique (agent, since)
        ) strict;
CREATE INDEX agent_states_since on agent_states (since);
CREATE INDEX agent_states_open on agent_states (agent, since) where until is null;
CREATE TABLE queue_quarters (
            at integer not null,
            queue text not null,
            topic text not null,
            language text not null,
            joined integer not null,
            waiting integer not null,
            answered integer not null,
            in_time integer not null,
            abandoned integer not null,
            abandoned_late integer not null,
            short integer not null,
            timeout integer not null,
            full integer not null,
            empty integer not null,
            key integer not null,
            withdrawn integer not null,
            callback integer not null,
            lost integer not null,
            waited_answered integer not null,
            waited_abandoned integer not null,
            longest integer not null,
            handled integer not null,
            talked integer not null,
            wrapped integer not null,
            transferred integer not null,
            promised integer not null,
            promise_error integer not null,
            promise_bias integer not null,
            popped integer not null,
            pop integer not null,
            primary key (at, queue, topic, language)
        ) strict, without rowid;
CREATE TABLE agent_quarters (
            at integer not null,
            agent text not null,
            state text not null,
            reason text not null,
            spent integer not null,
            primary key (at, agent, state, reason)
        ) strict, without rowid;
CREATE TABLE statistics_read (
            what text primary key,
            place text not null
        ) strict, without rowid;
CREATE TABLE webhook_subscriptions (
            event text not null,
            endpoint text not null,
            primary key (event, endpoint)
        ) strict, without rowid;
CREATE TABLE webhook_events (
            seq integer primary key autoincrement,
            key text not null unique,
            event text not null,
            about text not null,
            at integer not null,
            number text not null,
            subscriber integer,
            call text not null,
            data text not null
        ) strict;
CREATE INDEX webhook_events_at on webhook_events (at);
CREATE TABLE webhook_deliveries (
            endpoint text not null,
            seq integer not null references webhook_events on delete cascade,
            about text not null,
            state text not null,
            attempts integer not null default 0,
            next_at integer,
            sent_at integer,
            error text not null default '',
            primary key (endpoint, seq)
        ) strict, without rowid;
CREATE INDEX webhook_deliveries_of_event on webhook_deliveries (seq);
CREATE INDEX webhook_deliveries_waiting on webhook_deliveries (endpoint, next_at)
            where state = 'waiting';
CREATE INDEX webhook_deliveries_about on webhook_deliveries (endpoint, about, seq)
            where state = 'waiting';
CREATE INDEX webhook_deliveries_failed on webhook_deliveries (endpoint, seq)
            where state = 'failed';
CREATE TRIGGER webhook_events_posted after insert on webhook_events begin
            insert into webhook_deliveries (endpoint, seq, about, state, next_at)
            select endpoint, new.seq, new.about, 'waiting', new.at from webhook_subscriptions
            where event = new.event;
        end;
CREATE TABLE api_tokens (
            id integer primary key autoincrement,
            name text not null unique,
            digest text not null unique,
            scopes text not null,
            created integer not null,
            expires integer,
            used integer,
            author text not null
        ) strict;
CREATE TRIGGER webhook_call_began after insert on calls
        when true and exists (select 1 from webhook_subscriptions where event = 'call.began')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'call.began', new.id, new.began, new.caller, new.subscriber,
            new.id, json_object('call', new.id, 'line', new.line, 'dialled', new.dialled, 'number', new.caller,
    'subscriber', new.subscriber, 'language', new.language, 'flow', new.flow) ;
        end;
CREATE TRIGGER webhook_call_ended after update of ended on calls
        when old.ended is null and new.ended is not null and exists (select 1 from webhook_subscriptions where event = 'call.ended')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'call.ended', new.id, new.ended, new.caller, new.subscriber,
            new.id, json_object('call', new.id, 'line', new.line, 'dialled', new.dialled, 'number', new.caller,
    'subscriber', new.subscriber, 'language', new.language, 'flow', new.flow, 'began', strftime('%Y-%m-%dT%H:%M:%fZ', new.began / 1000000.0, 'unixepoch'), 'ended', strftime('%Y-%m-%dT%H:%M:%fZ', new.ended / 1000000.0, 'unixepoch'), 'ending', new.ending) ;
        end;
CREATE TRIGGER webhook_call_offered after insert on cards
        when new.channel <> '' and exists (select 1 from webhook_subscriptions where event = 'call.offered')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'call.offered', iif(new.channel = '', new.id, new.channel), new.opened, new.number, new.subscriber,
            new.call, json_object('card', new.id, 'agent', new.agent,
    'agent_name', (select full_name from agents where agents.name = new.agent),
    'dialled', (select dialled from calls where calls.id = new.call),
    'channel', new.channel, 'call', new.call, 'number', new.number, 'name', new.name,
    'subscriber', new.subscriber, 'queue', new.queue, 'topic', new.topic,
    'language', new.language, 'opened', strftime('%Y-%m-%dT%H:%M:%fZ', new.opened / 1000000.0, 'unixepoch')) ;
        end;
CREATE TRIGGER webhook_call_answered after update of answered on cards
        when old.answered is null and new.answered is not null and exists (select 1 from webhook_subscriptions where event = 'call.answered')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'call.answered', iif(new.channel = '', new.id, new.channel), new.answered, new.number, new.subscriber,
            new.call, json_object('card', new.id, 'agent', new.agent,
    'agent_name', (select full_name from agents where agents.name = new.agent),
    'dialled', (select dialled from calls where calls.id = new.call),
    'channel', new.channel, 'call', new.call, 'number', new.number, 'name', new.name,
    'subscriber', new.subscriber, 'queue', new.queue, 'topic', new.topic,
    'language', new.language, 'opened', strftime('%Y-%m-%dT%H:%M:%fZ', new.opened / 1000000.0, 'unixepoch'), 'answered', strftime('%Y-%m-%dT%H:%M:%fZ', new.answered / 1000000.0, 'unixepoch')) ;
        end;
CREATE TRIGGER webhook_call_completed after update of ended on cards
        when old.ended is null and new.ended is not null and new.answered is not null and exists (select 1 from webhook_subscriptions where event = 'call.completed')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'call.completed', iif(new.channel = '', new.id, new.channel), new.ended, new.number, new.subscriber,
            new.call, json_object('card', new.id, 'agent', new.agent,
    'agent_name', (select full_name from agents where agents.name = new.agent),
    'dialled', (select dialled from calls where calls.id = new.call),
    'channel', new.channel, 'call', new.call, 'number', new.number, 'name', new.name,
    'subscriber', new.subscriber, 'queue', new.queue, 'topic', new.topic,
    'language', new.language, 'opened', strftime('%Y-%m-%dT%H:%M:%fZ', new.opened / 1000000.0, 'unixepoch'), 'answered', strftime('%Y-%m-%dT%H:%M:%fZ', new.answered / 1000000.0, 'unixepoch'), 'ended', strftime('%Y-%m-%dT%H:%M:%fZ', new.ended / 1000000.0, 'unixepoch')) ;
        end;
CREATE TRIGGER webhook_card_closed after update of closed on cards
        when old.closed is null and new.closed is not null and exists (select 1 from webhook_subscriptions where event = 'card.closed')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'card.closed', iif(new.channel = '', new.id, new.channel), new.closed, new.number, new.subscriber,
            new.call, json_object('card', new.id, 'agent', new.agent,
    'agent_name', (select full_name from agents where agents.name = new.agent),
    'dialled', (select dialled from calls where calls.id = new.call),
    'channel', new.channel, 'call', new.call, 'number', new.number, 'name', new.name,
    'subscriber', new.subscriber, 'queue', new.queue, 'topic', new.topic,
    'language', new.language, 'opened', strftime('%Y-%m-%dT%H:%M:%fZ', new.opened / 1000000.0, 'unixepoch'), 'answered', strftime('%Y-%m-%dT%H:%M:%fZ', new.answered / 1000000.0, 'unixepoch'), 'ended', strftime('%Y-%m-%dT%H:%M:%fZ', new.ended / 1000000.0, 'unixepoch'), 'closed', strftime('%Y-%m-%dT%H:%M:%fZ', new.closed / 1000000.0, 'unixepoch'), 'written', json((select coalesce(json_group_object(field, text), '{}') from (select field, text, max(seq) from card_texts where card = new.id group by field)))) ;
        end;
CREATE TRIGGER webhook_ticket_opened after insert on ticket_history
        when not exists (select 1 from ticket_history where ticket = new.ticket and seq < new.seq) and exists (select 1 from webhook_subscriptions where event = 'ticket.opened')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'ticket.opened', 'ticket ' || t.id, new.at, t.number, t.subscriber,
            t.call, json_object('ticket', t.id, 'subscriber', t.subscriber, 'number', t.number, 'department', t.department, 'topic', t.topic, 'text', t.text, 'state', t.state, 'owner', t.owner, 'call', t.call, 'created', strftime('%Y-%m-%dT%H:%M:%fZ', t.created / 1000000.0, 'unixepoch'), 'due', strftime('%Y-%m-%dT%H:%M:%fZ', t.due / 1000000.0, 'unixepoch'), 'closed', strftime('%Y-%m-%dT%H:%M:%fZ', t.closed / 1000000.0, 'unixepoch'), 'by', new.author, 'changes', json(new.what), 'note', new.note) from tickets t where t.id = new.ticket;
        end;
CREATE TRIGGER webhook_ticket_changed after insert on ticket_history
        when not not exists (select 1 from ticket_history where ticket = new.ticket and seq < new.seq) and exists (select 1 from webhook_subscriptions where event = 'ticket.changed')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'ticket.changed', 'ticket ' || t.id, new.at, t.number, t.subscriber,
            t.call, json_object('ticket', t.id, 'subscriber', t.subscriber, 'number', t.number, 'department', t.department, 'topic', t.topic, 'text', t.text, 'state', t.state, 'owner', t.owner, 'call', t.call, 'created', strftime('%Y-%m-%dT%H:%M:%fZ', t.created / 1000000.0, 'unixepoch'), 'due', strftime('%Y-%m-%dT%H:%M:%fZ', t.due / 1000000.0, 'unixepoch'), 'closed', strftime('%Y-%m-%dT%H:%M:%fZ', t.closed / 1000000.0, 'unixepoch'), 'by', new.author, 'changes', json(new.what), 'note', new.note) from tickets t where t.id = new.ticket;
        end;
CREATE TRIGGER webhook_call_queued after insert on queue_calls when new.joined > cast((julianday('now') - 2440587.5) * 86400000 as integer) * 1000 - 86400000000 begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'call.queued', new.channel, new.joined, new.number, new.subscriber,
            new.call, json_object('channel', new.channel, 'call', new.call, 'queue', new.queue, 'topic', new.topic,
    'language', new.language, 'number', new.number, 'subscriber', new.subscriber, 'joined', strftime('%Y-%m-%dT%H:%M:%fZ', new.joined / 1000000.0, 'unixepoch')) where exists (select 1 from webhook_subscriptions where event = 'call.queued');
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'call.left', new.channel, new.left, new.number, new.subscriber,
            new.call, json_object('channel', new.channel, 'call', new.call, 'queue', new.queue, 'topic', new.topic,
    'language', new.language, 'number', new.number, 'subscriber', new.subscriber, 'joined', strftime('%Y-%m-%dT%H:%M:%fZ', new.joined / 1000000.0, 'unixepoch'), 'left', strftime('%Y-%m-%dT%H:%M:%fZ', new.left / 1000000.0, 'unixepoch'), 'how', new.how) where new.left is not null and exists (select 1 from webhook_subscriptions where event = 'call.left');
        end;
CREATE TRIGGER webhook_call_left after update of left on queue_calls
        when old.left is null and new.left is not null and new.joined > cast((julianday('now') - 2440587.5) * 86400000 as integer) * 1000 - 86400000000 and exists (select 1 from webhook_subscriptions where event = 'call.left')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'call.left', new.channel, new.left, new.number, new.subscriber,
            new.call, json_object('channel', new.channel, 'call', new.call, 'queue', new.queue, 'topic', new.topic,
    'language', new.language, 'number', new.number, 'subscriber', new.subscriber, 'joined', strftime('%Y-%m-%dT%H:%M:%fZ', new.joined / 1000000.0, 'unixepoch'), 'left', strftime('%Y-%m-%dT%H:%M:%fZ', new.left / 1000000.0, 'unixepoch'), 'how', new.how) ;
        end;
CREATE TABLE tasks (
            id integer primary key,
            key text not null unique,
            text text not null,
            owner text not null,
            author text not null,
            due integer not null,
            subscriber integer,
            number text not null,
            created integer not null,
            done integer,
            done_by text not null default ''
        ) strict;
CREATE INDEX tasks_open on tasks (due) where done is null;
CREATE INDEX tasks_of_subscriber on tasks (subscriber) where subscriber is not null;
CREATE INDEX tasks_of_number on tasks (number) where number <> '';
CREATE TABLE surveys (
            call text primary key,
            at integer not null,
            number text not null,
            subscriber integer
        , way text not null default 'keys', until integer, explained integer not null default 0) strict;
CREATE INDEX surveys_at on surveys (at);
CREATE INDEX surveys_of_number on surveys (number, at) where number <> '';
CREATE INDEX surveys_of_subscriber on surveys (subscriber, at)
            where subscriber is not null;
CREATE TABLE survey_answers (
            call text not null,
            question text not null,
            mark integer not null,
            best integer not null,
            at integer not null,
            primary key (call, question)
        ) strict, without rowid;
CREATE TABLE campaigns (
            id integer primary key,
            name text not null unique,
            texts text not null,
            areas text not null,
            tariffs text not null,
            first integer not null,
            last integer not null,
            rate integer not null,
            created integer not null,
            author text not null,
            state text not null
        , flow text not null default '', machine text not null default '', tries integer not null default 1, pause integer not null default 0, listed integer not null default 0, counts text not null default '') strict;
CREATE TABLE campaign_targets (
            campaign integer not null references campaigns,
            number text not null,
            subscriber integer,
            state text not null,
            at integer, attempts integer not null default 0, due integer not null default 0, call text not null default '',
            primary key (campaign, number)
        ) strict, without rowid;
CREATE INDEX campaign_targets_at on campaign_targets (campaign, at)
            where at is not null;
CREATE INDEX campaign_targets_of_number on campaign_targets (number);
CREATE TABLE no_campaigns (
            number text primary key,
            at integer not null,
            way text not null
        ) strict, without rowid;
CREATE INDEX contacts_of_call on contacts (call, agent, first_contact_solved)
            where call <> '';
CREATE TABLE menu_quarters (
            at integer not null,
            entry text not null,
            version text not null,
            flow text not null,
            node text not null,
            calls integer not null,
            gone integer not null,
            primary key (at, entry, version, flow, node)
        ) strict, without rowid;
CREATE TABLE score_cards (
            hash text primary key,
            card text not null
        ) strict, without rowid;
CREATE TABLE scores (
            id integer primary key,
            stay integer not null,
            called integer not null,
            agent text not null,
            card text not null,
            scorer text not null,
            at integer not null,
            share real,
            failed integer not null,
            comment text not null,
            calibration integer,
            seen integer,
            reply text not null default ''
        ) strict;
CREATE UNIQUE INDEX scores_of_scorer on scores (stay, scorer, coalesce(calibration, 0));
CREATE INDEX scores_of_agent on scores (agent, at);
CREATE INDEX scores_called on scores (called);
CREATE INDEX scores_at on scores (at);
CREATE INDEX scores_of_calibration on scores (calibration) where calibration is not null;
CREATE TABLE score_answers (
            score integer not null,
            question text not null,
            mark integer,
            part real,
            note text not null,
            primary key (score, question)
        ) strict, without rowid;
CREATE TABLE calibrations (
            id integer primary key,
            stay integer not null,
            card text not null,
            author text not null,
            at integer not null
        ) strict;
CREATE INDEX calibrations_of_stay on calibrations (stay);
CREATE TABLE calibration_scorers (
            calibration integer not null,
            scorer text not null,
            primary key (calibration, scorer)
        ) strict, without rowid;
CREATE TRIGGER calibrations_end after delete on scores
        when old.calibration is not null begin
            delete from calibration_scorers where calibration = old.calibration;
            delete from calibrations where id = old.calibration;
        end;
CREATE INDEX campaign_targets_waiting on campaign_targets (campaign, due)
            where state = 'waiting';
CREATE INDEX campaign_targets_calling on campaign_targets (at) where state = 'calling';
CREATE INDEX campaign_targets_of_call on campaign_targets (call) where call <> '';
CREATE TRIGGER webhook_callback_requested after insert on callbacks
        when not new.gave_up and exists (select 1 from webhook_subscriptions where event = 'callback.requested')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'callback.requested', 'callback ' || new.id, cast((julianday('now') - 2440587.5) * 86400000 as integer) * 1000, new.number, new.subscriber,
            new.call, json_object('callback', new.id, 'call', new.call, 'number', new.number,
    'subscriber', new.subscriber, 'topic', new.topic, 'state', new.state, 'agent', new.agent,
    'note', new.note, 'requested', strftime('%Y-%m-%dT%H:%M:%fZ', new.at / 1000000.0, 'unixepoch'), 'due', strftime('%Y-%m-%dT%H:%M:%fZ', new.due / 1000000.0, 'unixepoch'), 'queue', new.queue, 'joined', strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(new.joined, new.at) / 1000000.0, 'unixepoch'),
    'attempts', new.attempts, 'tried', strftime('%Y-%m-%dT%H:%M:%fZ', new.tried / 1000000.0, 'unixepoch'), 'calling', new.calling,
    'outcome', new.outcome) ;
        end;
CREATE TRIGGER webhook_callback_requested_later after update of gave_up on callbacks
        when new.number <> '' and old.gave_up and not new.gave_up and exists (select 1 from webhook_subscriptions where event = 'callback.requested')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'callback.requested', 'callback ' || new.id, cast((julianday('now') - 2440587.5) * 86400000 as integer) * 1000, new.number, new.subscriber,
            new.call, json_object('callback', new.id, 'call', new.call, 'number', new.number,
    'subscriber', new.subscriber, 'topic', new.topic, 'state', new.state, 'agent', new.agent,
    'note', new.note, 'requested', strftime('%Y-%m-%dT%H:%M:%fZ', new.at / 1000000.0, 'unixepoch'), 'due', strftime('%Y-%m-%dT%H:%M:%fZ', new.due / 1000000.0, 'unixepoch'), 'queue', new.queue, 'joined', strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(new.joined, new.at) / 1000000.0, 'unixepoch'),
    'attempts', new.attempts, 'tried', strftime('%Y-%m-%dT%H:%M:%fZ', new.tried / 1000000.0, 'unixepoch'), 'calling', new.calling,
    'outcome', new.outcome) ;
        end;
CREATE TRIGGER webhook_callback_changed after update of state, agent, due, note, queue, joined, attempts, calling, outcome on callbacks
        when new.number <> '' and not new.gave_up and not old.gave_up and new.state <> 'done' and (old.state, old.agent, old.due, old.note, old.queue, old.joined, old.attempts, old.calling, old.outcome) is not (new.state, new.agent, new.due, new.note, new.queue, new.joined, new.attempts, new.calling, new.outcome) and exists (select 1 from webhook_subscriptions where event = 'callback.changed')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'callback.changed', 'callback ' || new.id, cast((julianday('now') - 2440587.5) * 86400000 as integer) * 1000, new.number, new.subscriber,
            new.call, json_object('callback', new.id, 'call', new.call, 'number', new.number,
    'subscriber', new.subscriber, 'topic', new.topic, 'state', new.state, 'agent', new.agent,
    'note', new.note, 'requested', strftime('%Y-%m-%dT%H:%M:%fZ', new.at / 1000000.0, 'unixepoch'), 'due', strftime('%Y-%m-%dT%H:%M:%fZ', new.due / 1000000.0, 'unixepoch'), 'queue', new.queue, 'joined', strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(new.joined, new.at) / 1000000.0, 'unixepoch'),
    'attempts', new.attempts, 'tried', strftime('%Y-%m-%dT%H:%M:%fZ', new.tried / 1000000.0, 'unixepoch'), 'calling', new.calling,
    'outcome', new.outcome) ;
        end;
CREATE TRIGGER webhook_callback_done after update of state on callbacks
        when new.number <> '' and not new.gave_up and not old.gave_up and old.state <> 'done' and new.state = 'done' and exists (select 1 from webhook_subscriptions where event = 'callback.done')
        begin
            insert into webhook_events (key, event, about, at, number, subscriber, call, data)
            select lower(hex(randomblob(16))), 'callback.done', 'callback ' || new.id, cast((julianday('now') - 2440587.5) * 86400000 as integer) * 1000, new.number, new.subscriber,
            new.call, json_object('callback', new.id, 'call', new.call, 'number', new.number,
    'subscriber', new.subscriber, 'topic', new.topic, 'state', new.state, 'agent', new.agent,
    'note', new.note, 'requested', strftime('%Y-%m-%dT%H:%M:%fZ', new.at / 1000000.0, 'unixepoch'), 'due', strftime('%Y-%m-%dT%H:%M:%fZ', new.due / 1000000.0, 'unixepoch'), 'queue', new.queue, 'joined', strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(new.joined, new.at) / 1000000.0, 'unixepoch'),
    'attempts', new.attempts, 'tried', strftime('%Y-%m-%dT%H:%M:%fZ', new.tried / 1000000.0, 'unixepoch'), 'calling', new.calling,
    'outcome', new.outcome) ;
        end;
CREATE TABLE preferred_agents (
            subscriber integer primary key,
            agent text not null,
            until integer not null,
            author text not null
        ) strict;
CREATE TABLE tapes (
            call text primary key,
            tape blob not null
        ) strict;
CREATE INDEX complaints_of_subscriber on complaints (subscriber);
CREATE TABLE canaries (
            id integer primary key,
            began integer not null,
            author text not null,
            share integer not null,
            until integer not null,
            before integer not null,
            tried integer not null,
            ended integer,
            ending text not null default '',
            why text not null default '',
            ended_by text not null default ''
        , figures text not null default '') strict;
CREATE TABLE canary_calls (
            call text primary key,
            canary integer not null
        ) strict;
CREATE TABLE workers (
            epoch integer primary key,
            name text not null,
            place text not null,
            application text not null,
            pod text not null,
            began integer not null,
            until integer not null
        ) strict;
CREATE TABLE duties (
            duty text primary key,
            owner integer not null
        ) strict;
CREATE INDEX checkpoints_channel on checkpoints (channel);
CREATE INDEX outbox_owned on outbox (owner, number) where owner <> 0;
CREATE TABLE cabinet_visits (
            token text primary key,
            subscriber integer not null,
            language text not null,
            csrf text not null,
            began integer not null,
            seen integer not null,
            proven integer not null
        ) strict, without rowid;
CREATE INDEX cabinet_visits_of_subscriber on cabinet_visits (subscriber);
CREATE INDEX cabinet_visits_seen on cabinet_visits (seen);
CREATE TABLE drained_nodes (
            node text primary key,
            since integer not null
        ) strict;
