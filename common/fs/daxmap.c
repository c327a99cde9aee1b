/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Judging each 2 MiB of a file by the extents that reach into it. */
#include "fs/daxmap.h"

#include "fs/btree.h"

const char *const daxmap_names[DAXMAP_VERDICTS] = {
	[DAXMAP_HUGE] = "huge",	  [DAXMAP_HUGE_SHARED] = "huge_shared",
	[DAXMAP_HOLE] = "hole",	  [DAXMAP_UNALIGNED] = "unaligned",
	[DAXMAP_SPLIT] = "split", [DAXMAP_PAST_END] = "past_end",
};

const char *const daxmap_titles[DAXMAP_VERDICTS] = {
	[DAXMAP_HUGE] = "2 MiB pages",
	[DAXMAP_HUGE_SHARED] = "2 MiB pages for reading; shared, a write copies first",
	[DAXMAP_HOLE] = "a hole",
	[DAXMAP_UNALIGNED] = "small pages: does not lie on 2 MiB of the device",
	[DAXMAP_SPLIT] = "small pages: more than one extent in 2 MiB",
	[DAXMAP_PAST_END] = "small pages: the file ends inside",
};

struct judging {
	const struct fs *fs;
	const struct inode *inode;
	uint64_t page_blocks;  /* blocks of 2 MiB; 0: a block is larger */
	uint64_t shift_blocks; /* of the device's begin, in blocks; what is no multiple of 2 MiB spoils all */
	bool shifted_by_less;  /* than a block */
	uint64_t end;	       /* blocks of the file, rounded up */
	uint64_t next;	       /* first page not yet judged, in blocks */
	/* What is not handed out yet, as the next may be alike. */
	uint64_t run_start, run_end;
	enum daxmap_verdict run;
	bool has_run;
	/* The last extent that began in the page at hand without filling it. */
	bool page_touched;
	daxmap_fn *fn;
	void *arg;
	int stopped; /* what fn returned, if that was not 0 */
	struct error *err;
};

static int hand_out(struct judging *judging)
{
	uint64_t size = judging->inode->size_bytes;
	uint64_t start = judging->run_start << judging->fs->geo.block_log;
	uint64_t end = judging->run_end << judging->fs->geo.block_log;

	if (!judging->has_run || start >= size)
		return 0;
	judging->has_run = false;
	judging->stopped = judging->fn(judging->arg, start, end < size ? end : size, judging->run);
	return judging->stopped;
}

static int judge(struct judging *judging, uint64_t start, uint64_t end, enum daxmap_verdict verdict)
{
	int rc = 0;

	if (start >= end)
		return 0;
	if (judging->has_run && judging->run == verdict && judging->run_end == start) {
		judging->run_end = end;
		return 0;
	}
	rc = hand_out(judging);
	judging->has_run = true;
	judging->run = verdict;
	judging->run_start = start;
	judging->run_end = end;
	return rc;
}

/* Pages before block @to that no extent has filled: holes, but for the first if one reaches into it. */
static int judge_until(struct judging *judging, uint64_t to)
{
	uint64_t page = judging->page_blocks;
	int rc = 0;

	if (judging->page_touched && judging->next + page <= to) {
		rc = judge(judging, judging->next, judging->next + page, DAXMAP_SPLIT);
		judging->next += page;
		judging->page_touched = false;
	}
	if (rc == 0 && !judging->page_touched && to - judging->next >= page) {
		uint64_t whole = (to - judging->next) / page * page;

		rc = judge(judging, judging->next, judging->next + whole, DAXMAP_HOLE);
		judging->next += whole;
	}
	return rc;
}

static int is_record(void *arg, const void *record, struct agaddr place)
{
	(void)arg;
	(void)record;
	(void)place;
	return 1;
}

/* Whether any block of the range has a refcount record. 1, 0, ERR_*. */
static int is_shared(const struct judging *judging, struct agaddr at, uint64_t len_blocks)
{
	struct btree_cursor_options options = {.low = {{at.agbno, 0, 0}}, .high = {{at.agbno + len_blocks - 1, 0, 0}}};
	struct btree_walker walker = {.record = is_record};
	struct btree tree;
	int rc;

	if (!judging->fs->geo.has_reflink || !(judging->inode->flags2 & INODE_FLAG2_REFLINK))
		return 0;
	rc = btree_open_group(judging->fs, BTREE_REFCOUNT, at.agno, &tree, judging->err);
	return rc == 0 ? btree_walk(&tree, &options, &walker, judging->err) : rc;
}

/* Whole pages of one extent. */
static int judge_extent(struct judging *judging, const struct extent *extent, uint64_t from, uint64_t to)
{
	const struct geometry *geo = &judging->fs->geo;
	uint64_t page = judging->page_blocks;
	uint64_t place = (uint64_t)extent->start.agno * geo->ag_blocks + extent->start.agbno + judging->shift_blocks;
	bool aligned = !judging->shifted_by_less && (place + (from - extent->fileoff)) % page == 0;
	int rc = 0;

	for (uint64_t at = from; at < to && rc == 0; at += page) {
		enum daxmap_verdict verdict = aligned ? DAXMAP_HUGE : DAXMAP_UNALIGNED;
		uint32_t skip = (uint32_t)(at - extent->fileoff);

		if (at + page > judging->end || (at + page) << geo->block_log > judging->inode->size_bytes) {
			verdict = DAXMAP_PAST_END;
		} else if (aligned) {
			rc = is_shared(judging, (struct agaddr){extent->start.agno, extent->start.agbno + skip}, page);
			if (rc == 1)
				verdict = DAXMAP_HUGE_SHARED;
		}
		rc = rc < 0 ? rc : judge(judging, at, at + page, verdict);
	}
	return rc;
}

static int take_extent(void *arg, const struct extent *extent)
{
	struct judging *judging = arg;
	uint64_t page = judging->page_blocks, end = extent->fileoff + extent->len_blocks;
	uint64_t first = extent->fileoff / page * page, from, to;
	int rc = judge_until(judging, first);

	if (rc != 0 || judging->next >= judging->end)
		return rc != 0 ? rc : 1;
	/* The page in which it begins, unless it fills it. */
	if (extent->fileoff > judging->next || judging->page_touched) {
		judging->page_touched = true;
		if (end < judging->next + page)
			return 0;
		rc = judge(judging, judging->next, judging->next + page, DAXMAP_SPLIT);
		judging->next += page;
		judging->page_touched = false;
	}
	from = judging->next;
	to = end / page * page;
	if (rc == 0 && from < to) {
		rc = judge_extent(judging, extent, from, to);
		judging->next = to;
	}
	judging->page_touched = end > judging->next;
	return rc;
}

int daxmap_walk(const struct fs *fs, const struct inode *inode, uint64_t device_start_bytes, daxmap_fn *fn, void *arg,
		struct error *err)
{
	struct judging judging = {.fs = fs,
				  .inode = inode,
				  .page_blocks = DAXMAP_PAGE_BYTES >> fs->geo.block_log,
				  .shift_blocks = device_start_bytes >> fs->geo.block_log,
				  .shifted_by_less = device_start_bytes % fs->geo.block_bytes != 0,
				  .fn = fn,
				  .arg = arg,
				  .err = err};
	struct fork_walker walker = {.extent = take_extent, .arg = &judging};
	int rc;

	if (!inode_is(inode, INODE_MODE_FILE))
		return error_set(err, ERR_INVALID, "inode %llu is no regular file", (unsigned long long)inode->ino);
	judging.end = (inode->size_bytes + fs->geo.block_bytes - 1) >> fs->geo.block_log;
	rc = fork_walk(fs, inode, FORK_DATA, 0, FILEOFF_MAX, &walker, err);
	if (judging.stopped != 0)
		return judging.stopped;
	/* A positive value: the extents go on behind the end of the file. */
	if (rc >= 0 && judging.next < judging.end) {
		uint64_t whole = judging.end / judging.page_blocks * judging.page_blocks;

		rc = judge_until(&judging, whole);
		if (rc == 0)
			rc = judge(&judging, judging.next, judging.end,
				   judging.page_touched ? DAXMAP_PAST_END : DAXMAP_HOLE);
	}
	return rc < 0 || judging.stopped != 0 ? rc : hand_out(&judging);
}
