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
  `
  ALTER TABLE sessions ADD COLUMN media_segments INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN media_bytes INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN media_ms REAL NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN file_bytes INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN repaired_ms REAL;
  UPDATE sessions SET
    media_segments = (SELECT count(*) FROM segments g WHERE g.session_id = sessions.id AND g.kind = 'media'),
    media_bytes = (SELECT coalesce(sum(bytes), 0) FROM segments g WHERE g.session_id = sessions.id AND g.kind = 'media'),
    media_ms = (SELECT coalesce(sum(duration_ms), 0) FROM segments g WHERE g.session_id = sessions.id AND g.kind = 'media'),
    file_bytes = (SELECT coalesce(sum(bytes), 0) FROM segments g WHERE g.session_id = sessions.id);
  CREATE TRIGGER segments_are_counted AFTER INSERT ON segments BEGIN
    UPDATE sessions SET file_bytes = file_bytes + new.bytes, media_segments = media_segments + (new.kind = 'media'),
      media_bytes = media_bytes + CASE new.kind WHEN 'media' THEN new.bytes ELSE 0 END, media_ms = media_ms + CASE new.kind WHEN 'media' THEN new.duration_ms ELSE 0 END
    WHERE id = new.session_id;
  END;

  CREATE INDEX segments_whole_files ON segments (room_id, start_ms) WHERE container = 'file';

  CREATE TABLE holds (id TEXT PRIMARY KEY, room_id TEXT NOT NULL, session_id TEXT, created_ms REAL NOT NULL, released_ms REAL, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE INDEX holds_by_room ON holds (room_id, created_ms);

  CREATE TABLE deletions (
    session_id TEXT PRIMARY KEY, room_id TEXT NOT NULL, scheduled_ms REAL NOT NULL, scheduled_by TEXT NOT NULL, reason TEXT NOT NULL, purge_after_ms REAL NOT NULL,
    deleted_ms REAL, deleted_by TEXT
  ) WITHOUT ROWID;

  CREATE TABLE verifications (session_id TEXT PRIMARY KEY, at_ms REAL NOT NULL, altered INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE altered_files (session_id TEXT NOT NULL, seq INTEGER NOT NULL, room_id TEXT NOT NULL, path TEXT NOT NULL, expected TEXT NOT NULL, actual TEXT, found_ms REAL NOT NULL, PRIMARY KEY (session_id, seq)) WITHOUT ROWID;

  CREATE TABLE library_tasks (id TEXT PRIMARY KEY, created_ms REAL NOT NULL, body TEXT NOT NULL, payload TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE imports (session_id TEXT PRIMARY KEY, content_sha256 TEXT NOT NULL, source TEXT NOT NULL, at_ms REAL NOT NULL) WITHOUT ROWID;
  CREATE INDEX imports_by_content ON imports (content_sha256);

  CREATE TABLE view_pieces (
    session_id TEXT NOT NULL, seq INTEGER NOT NULL, piece INTEGER NOT NULL, room_id TEXT NOT NULL, file TEXT NOT NULL, init_file TEXT,
    start_ms REAL NOT NULL, duration_ms REAL NOT NULL, PRIMARY KEY (session_id, seq, piece)
  ) WITHOUT ROWID;
  `,
  `
  ALTER TABLE observations ADD COLUMN words TEXT;
  ALTER TABLE observations ADD COLUMN syllables TEXT;
  `,
];
