/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state of the journal of a file system that is not mounted: does it hold changes that the metadata lacks?
 *
 * The log is only judged, never replayed. "Head" is the block after the last record that a replay would use, "tail"
 * the oldest record whose changes may not have reached their place. Blocks are 512 bytes, counted from the log's
 * start.
 */
#ifndef FS_JOURNAL_H
#define FS_JOURNAL_H

#include "fs/fs.h"

enum journal_condition {
	JOURNAL_CLEAN,	 /* ends with an unmount record, or was never used: the metadata is complete */
	JOURNAL_DIRTY,	 /* records between tail and head wait for a replay: what is read is the state before it */
	JOURNAL_DAMAGED, /* cannot be judged or replayed; see why */
};

struct journal_state {
	enum journal_condition condition;
	bool unused; /* all zero: the head is 0 and there is no LSN */

	/* Where condition is not JOURNAL_DAMAGED (then as far as they were found, else 0): */
	uint32_t head_block, tail_block;
	uint64_t head_lsn; /* that the next record will get */
	uint64_t tail_lsn; /* of the record at the tail; head_lsn in a clean journal */
	uint64_t last_lsn; /* of the last whole record */

	uint64_t dirty_records; /* from tail to head */
	uint64_t dirty_bytes;	/* of the log that these take */
	/*
	 * Records after the head that were begun, but did not reach the medium whole before power went: a replay leaves
	 * them out, as does this.
	 */
	uint32_t torn_records;

	struct error why; /* with JOURNAL_DAMAGED: ERR_CORRUPT with a flaw, or ERR_MEDIA */
};

/*
 * Reads the log as far as needed: a few dozen blocks and the last 2 MiB before the head, and every record from tail to
 * head (all of the log if its first block was never written). Memory: under 1 MiB.
 * ERR_NOMEM, ERR_IO; whatever is wrong with the journal is no failure, but its condition.
 */
int journal_inspect(const struct fs *fs, struct journal_state *out, struct error *err) MUST_CHECK;

#endif
