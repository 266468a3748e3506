/** Numbered migrations, oldest first; the database's user_version counts those applied. Never edit one that has shipped: add the next. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE rooms (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL, chat_url TEXT, platform TEXT NOT NULL, host TEXT NOT NULL, note TEXT NOT NULL,
    demo INTEGER NOT NULL, enabled INTEGER NOT NULL, created_ms REAL NOT NULL, removed_ms REAL
  ) WITHOUT ROWID;

  CREATE TABLE sessions (
    id TEXT PRIMARY KEY, room_id TEXT NOT NULL, start_ms REAL NOT NULL, end_ms REAL,
    segments_cursor INTEGER NOT NULL DEFAULT 0, gaps_cursor INTEGER NOT NULL DEFAULT 0, chat_cursor INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE INDEX sessions_by_room ON sessions (room_id, start_ms);

  CREATE TABLE segments (
    session_id TEXT NOT NULL, seq INTEGER NOT NULL, room_id TEXT NOT NULL, kind TEXT NOT NULL, container TEXT NOT NULL,
    file TEXT NOT NULL, init_file TEXT, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, start_ms REAL NOT NULL, duration_ms REAL NOT NULL,
    media_sequence INTEGER NOT NULL, discontinuity INTEGER NOT NULL, uri TEXT NOT NULL, arrived_ms REAL NOT NULL, monotonic_ms REAL NOT NULL,
    clock_offset_ms REAL, leaf_index INTEGER NOT NULL, continuity INTEGER NOT NULL,
    PRIMARY KEY (session_id, seq), UNIQUE (session_id, file)
  ) WITHOUT ROWID;
  CREATE INDEX segments_by_time ON segments (room_id, start_ms);

  CREATE TABLE gaps (id INTEGER PRIMARY KEY, room_id TEXT NOT NULL, session_id TEXT NOT NULL, from_ms REAL NOT NULL, to_ms REAL NOT NULL, reason TEXT NOT NULL);
  CREATE INDEX gaps_by_time ON gaps (room_id, from_ms);

  CREATE TABLE observations (
    id INTEGER PRIMARY KEY, room_id TEXT NOT NULL, session_id TEXT NOT NULL, lane TEXT NOT NULL, start_ms REAL NOT NULL, end_ms REAL NOT NULL,
    text TEXT NOT NULL, confidence REAL NOT NULL, engine TEXT NOT NULL, speaker TEXT, box TEXT
  );
  CREATE INDEX observations_by_time ON observations (room_id, start_ms);

  CREATE TABLE waveforms (
    session_id TEXT NOT NULL, seq INTEGER NOT NULL, room_id TEXT NOT NULL, start_ms REAL NOT NULL, duration_ms REAL NOT NULL,
    peaks BLOB NOT NULL, speech TEXT NOT NULL, PRIMARY KEY (session_id, seq)
  ) WITHOUT ROWID;
  CREATE INDEX waveforms_by_time ON waveforms (room_id, start_ms);

  CREATE TABLE stills (
    room_id TEXT NOT NULL, at_ms REAL NOT NULL, session_id TEXT NOT NULL, path TEXT NOT NULL, thumb_path TEXT NOT NULL,
    width INTEGER NOT NULL, height INTEGER NOT NULL, PRIMARY KEY (room_id, at_ms)
  ) WITHOUT ROWID;

  CREATE TABLE flags (
    id TEXT PRIMARY KEY, room_id TEXT NOT NULL, session_id TEXT NOT NULL, start_ms REAL NOT NULL, end_ms REAL NOT NULL,
    severity TEXT NOT NULL, state TEXT NOT NULL, created_ms REAL NOT NULL, body TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX flags_by_time ON flags (room_id, start_ms);
  CREATE INDEX flags_by_session ON flags (session_id, start_ms);

  CREATE TABLE flag_history (
    id INTEGER PRIMARY KEY, flag_id TEXT NOT NULL, at_ms REAL NOT NULL, user TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT, note TEXT NOT NULL, previous TEXT NOT NULL, undone INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX flag_history_by_flag ON flag_history (flag_id, id);

  CREATE TABLE packages (id TEXT PRIMARY KEY, created_ms REAL NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE custody (id INTEGER PRIMARY KEY, at_ms REAL NOT NULL, user TEXT NOT NULL, act TEXT NOT NULL, room_id TEXT, detail TEXT NOT NULL);
  CREATE INDEX custody_by_room ON custody (room_id, at_ms);

  CREATE TABLE jobs (
    id INTEGER PRIMARY KEY, lane TEXT NOT NULL, room_id TEXT NOT NULL, session_id TEXT NOT NULL, at_ms REAL NOT NULL,
    payload TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', attempts INTEGER NOT NULL DEFAULT 0, fault TEXT
  );
  CREATE INDEX jobs_waiting ON jobs (lane, state, at_ms);

  CREATE TABLE journal (cursor INTEGER PRIMARY KEY AUTOINCREMENT, at_ms REAL NOT NULL, event TEXT NOT NULL, data TEXT NOT NULL);

  CREATE TABLE log_leaves (idx INTEGER PRIMARY KEY, kind TEXT NOT NULL, data TEXT NOT NULL, hash BLOB NOT NULL);
  CREATE TABLE log_nodes (level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, idx)) WITHOUT ROWID;
  `,
  `
  ALTER TABLE rooms ADD COLUMN source_kind TEXT NOT NULL DEFAULT 'auto';
  ALTER TABLE rooms ADD COLUMN allow_private INTEGER;
  ALTER TABLE sessions ADD COLUMN events_cursor INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE segments ADD COLUMN media_start_ms REAL;
  ALTER TABLE segments ADD COLUMN encryption TEXT;
  ALTER TABLE segments ADD COLUMN byte_range TEXT;
  ALTER TABLE segments ADD COLUMN decoder TEXT;
  CREATE TABLE session_events (
    id INTEGER PRIMARY KEY, room_id TEXT NOT NULL, session_id TEXT NOT NULL, at_ms REAL NOT NULL, kind TEXT NOT NULL, reason TEXT, detail TEXT NOT NULL
  );
  CREATE INDEX session_events_by_time ON session_events (room_id, at_ms);
  `,
];
