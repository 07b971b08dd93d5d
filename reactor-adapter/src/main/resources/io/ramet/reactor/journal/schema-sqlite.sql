-- The tables of a journal in SQLite, for a migration or an administrator.

CREATE TABLE IF NOT EXISTS ramet_schema (version INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS ramet_plan (
    plan_id VARCHAR(64) PRIMARY KEY,
    number BIGINT NOT NULL,
    fingerprint CHAR(64) NOT NULL,
    region VARCHAR(64) NOT NULL,
    request TEXT NOT NULL,
    goods_num INTEGER NOT NULL,
    seal BIGINT NOT NULL,
    owner VARCHAR(200) NOT NULL,
    lease_until BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    underway INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS ramet_plan_underway ON ramet_plan (number) WHERE underway > 0;
CREATE TABLE IF NOT EXISTS ramet_chunk (
    plan_id VARCHAR(64) NOT NULL REFERENCES ramet_plan (plan_id),
    chunk INTEGER NOT NULL,
    goods_num INTEGER NOT NULL,
    mark VARCHAR(32) NOT NULL,
    instance_name VARCHAR(64) NOT NULL,
    attempts INTEGER NOT NULL,
    signed_at BIGINT,
    place INTEGER,
    still_open INTEGER,
    outcome TEXT,
    seal BIGINT NOT NULL,
    PRIMARY KEY (plan_id, chunk),
    UNIQUE (plan_id, place));
CREATE TABLE IF NOT EXISTS ramet_refusal (
    plan_id VARCHAR(64) NOT NULL REFERENCES ramet_plan (plan_id),
    place INTEGER NOT NULL,
    chunk INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    seal BIGINT NOT NULL,
    settled_at BIGINT,
    reopened_at BIGINT,
    PRIMARY KEY (plan_id, place, chunk));
CREATE TABLE IF NOT EXISTS ramet_undo (
    plan_id VARCHAR(64) NOT NULL REFERENCES ramet_plan (plan_id),
    instance_id VARCHAR(64) NOT NULL,
    step VARCHAR(16) NOT NULL,
    reference VARCHAR(200) NOT NULL,
    changed_at BIGINT NOT NULL,
    seal BIGINT NOT NULL,
    PRIMARY KEY (plan_id, instance_id));
CREATE INDEX IF NOT EXISTS ramet_plan_owner ON ramet_plan (owner);
CREATE INDEX IF NOT EXISTS ramet_plan_number ON ramet_plan (number);
INSERT INTO ramet_schema (version) VALUES (1);
