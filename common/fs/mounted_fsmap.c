/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Owners by GETFSMAP.
 *
 * The kernel reads the reverse mapping, and the free space tree for what is free. Records come in ascending order of
 * their start and can begin before the wanted range. Without a reverse mapping all that is not free is "unknown".
 *
 * An answer that does not fit is continued by showing the kernel its last record. Linux 6.18 then leaves out all further
 * records of the same start and owner, as a file has them that maps one block many times (seen with the image
 * "small", test_mounted.c; xfs_io shows it too). So a batch is never cut inside such a run: the run is left for the
 * next batch, and one that is longer than a batch is taken from the file's own extents.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fs/view_mounted.h"

/*
 * The kernel answers in pieces of 128 KiB, and continues from piece to piece in the same way: an answer is to be one.
 */
#define BATCH 1024u

struct query {
	const struct mounted *m;
	uint64_t start, end; /* wanted */
	uint64_t reached;    /* everything before has been heard of, or is missing */
	int (*fn)(void *arg, const struct owner *owner);
	void *arg;
	struct interval_set *missing;
	struct interval_set *hopeless; /* missing, and asking again would not help */
	bool in_run;		       /* the rest of this run has been taken: */
	struct fsmap run;
};

static enum owner_kind special_kind(uint64_t code)
{
	switch (code) {
	case FMR_OWN_FREE:
		return OWNER_FREE;
	case KERNEL_OWN_FS:
		return OWNER_AG_HEADER;
	case KERNEL_OWN_LOG:
		return OWNER_LOG;
	case KERNEL_OWN_AG:
		return OWNER_SPACE;
	case KERNEL_OWN_INOBT:
		return OWNER_INOBT;
	case KERNEL_OWN_INODES:
		return OWNER_INODES;
	case KERNEL_OWN_REFC:
		return OWNER_REFCOUNTBT;
	case KERNEL_OWN_COW:
		return OWNER_COW;
	default: /* FMR_OWN_UNKNOWN, and what a later kernel may add */
		return OWNER_UNKNOWN;
	}
}

static struct owner owner_of(const struct fsmap *rec)
{
	struct owner owner = {.start_bytes = rec->fmr_physical, .end_bytes = rec->fmr_physical + rec->fmr_length};

	if (rec->fmr_flags & FMR_OF_SPECIAL_OWNER) {
		owner.kind = special_kind(rec->fmr_owner);
		return owner;
	}
	owner.kind = OWNER_FILE;
	owner.ino = rec->fmr_owner;
	owner.fork = rec->fmr_flags & FMR_OF_ATTR_FORK ? FORK_ATTR : FORK_DATA;
	owner.bmbt = rec->fmr_flags & FMR_OF_EXTENT_MAP;
	owner.unwritten = rec->fmr_flags & FMR_OF_PREALLOC;
	owner.offset_bytes = owner.bmbt ? 0 : rec->fmr_offset;
	return owner;
}

static int take_record(struct query *q, const struct fsmap *rec)
{
	struct owner owner = owner_of(rec);
	int rc = 0;

	if (rec->fmr_device != q->m->device || rec->fmr_length > UINT64_MAX - rec->fmr_physical ||
	    !owner_cut(&owner, q->start, q->end))
		return 0;
	if (owner.start_bytes > q->reached)
		rc = interval_add(q->missing, q->reached, owner.start_bytes);
	if (owner.end_bytes > q->reached)
		q->reached = owner.end_bytes;
	return rc == 0 ? q->fn(q->arg, &owner) : rc;
}

/* ---- runs: records of the same start and owner ---- */

static bool same_run(const struct fsmap *a, const struct fsmap *b)
{
	return a->fmr_physical == b->fmr_physical && a->fmr_owner == b->fmr_owner &&
	       !((a->fmr_flags | b->fmr_flags) & FMR_OF_SPECIAL_OWNER);
}

struct run {
	struct query *q;
	uint64_t physical;
};

static int take_run_extent(void *arg, const struct owner *extent)
{
	const struct run *run = arg;
	struct owner owner = *extent;

	if (extent->start_bytes != run->physical || !owner_cut(&owner, run->q->start, run->q->end))
		return 0;
	return run->q->fn(run->q->arg, &owner);
}

/*
 * The whole run of @rec from the extents of the file. If the file cannot be asked, the run counts as missing.
 */
static int take_run(struct query *q, const struct fsmap *rec)
{
	struct run run = {.q = q, .physical = rec->fmr_physical};
	struct kernel_bulkstat stat;
	int fd = -1, rc = ERR_IO;

	if (mounted_stat(q->m, rec->fmr_owner, &stat, NULL) == 1)
		fd = mounted_open_inode(q->m, stat.ino, stat.gen, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOATIME);
	if (fd >= 0) {
		rc = mounted_extents(fd, stat.ino, rec->fmr_flags & FMR_OF_ATTR_FORK ? MOUNTED_ATTR : MOUNTED_DATA,
				     take_run_extent, &run, NULL);
		close(fd);
	}
	if (rc == ERR_IO) {
		struct owner owner = owner_of(rec);

		rc = owner_cut(&owner, q->start, q->end) ? interval_add(q->hopeless, owner.start_bytes, owner.end_bytes)
							 : 0;
	}
	return rc;
}

/* ---- asking ---- */

static int take_batch(struct query *q, struct fsmap_head *head, bool *more)
{
	uint32_t count = head->fmh_entries, keep = count;
	const struct fsmap *recs = head->fmh_recs, *last = &recs[count - 1];
	int rc = 0;

	*more = count == BATCH && !(last->fmr_flags & FMR_OF_LAST);
	while (*more && keep > 0 && same_run(&recs[keep - 1], last))
		keep--;
	for (uint32_t i = 0; i < keep && rc == 0; i++)
		if (!q->in_run || !same_run(&recs[i], &q->run))
			rc = take_record(q, &recs[i]);
	if (rc != 0 || !*more)
		return rc;
	if (keep == 0) {
		if (!q->in_run || !same_run(last, &q->run))
			rc = take_run(q, last);
		if (last->fmr_physical + last->fmr_length > q->reached)
			q->reached = last->fmr_physical + last->fmr_length;
		q->in_run = true;
		q->run = *last;
		keep = count;
	}
	head->fmh_keys[0] = recs[keep - 1];
	return rc;
}

/* One pass of the kernel over [from, to), of which [q->start, q->end) is wanted. */
static int ask(struct query *q, uint64_t from, uint64_t to, struct fsmap_head *head, struct error *err)
{
	bool more = true;
	int rc = 0;

	memset(head, 0, sizeof(*head));
	head->fmh_count = BATCH;
	head->fmh_keys[0].fmr_device = q->m->device;
	head->fmh_keys[0].fmr_physical = from;
	head->fmh_keys[1] = (struct fsmap){.fmr_device = q->m->device,
					   .fmr_flags = UINT32_MAX,
					   .fmr_physical = to - 1,
					   .fmr_owner = UINT64_MAX,
					   .fmr_offset = UINT64_MAX};
	q->reached = q->start;
	q->in_run = false;
	while (rc == 0 && more) {
		if (ioctl(q->m->fd, FS_IOC_GETFSMAP, head) != 0) {
			int code = errno == ENOTTY || errno == EOPNOTSUPP ? ERR_UNSUPPORTED : ERR_IO;

			return error_set_errno(err, code, errno, "the kernel does not tell owners (GETFSMAP)");
		}
		if (head->fmh_entries == 0 || head->fmh_entries > BATCH)
			break;
		rc = take_batch(q, head, &more);
	}
	if (rc == 0 && q->reached < q->end)
		rc = interval_add(q->missing, q->reached, q->end);
	return rc;
}

/*
 * Asks again for what was left out, by the whole group: kernels before 6.11 forget free space when the range
 * begins or ends inside it.
 */
static int ask_again(struct query *q, const struct interval_set *parts, struct fsmap_head *head, struct error *err)
{
	uint64_t group_bytes = (uint64_t)q->m->geo.ag_blocks << q->m->geo.block_log;
	int rc = 0;

	for (size_t i = 0; i < parts->count && rc == 0; i++)
		for (uint64_t at = parts->items[i].start; at < parts->items[i].end && rc == 0; at = q->end) {
			uint64_t group = at / group_bytes * group_bytes;

			q->start = at;
			q->end = parts->items[i].end - group < group_bytes ? parts->items[i].end : group + group_bytes;
			rc = ask(q, group, group + group_bytes, head, err);
		}
	return rc;
}

int mounted_fsmap(const struct mounted *m, uint64_t start, uint64_t end,
		  int (*fn)(void *arg, const struct owner *owner), void *arg, struct interval_set *missing,
		  struct error *err)
{
	uint64_t block = m->geo.block_bytes, whole = m->geo.blocks << m->geo.block_log;
	struct interval_set left_out = {0};
	struct query q = {.m = m, .start = start, .fn = fn, .arg = arg, .missing = &left_out, .hopeless = missing};
	struct fsmap_head *head;
	int rc;

	q.end = end < whole ? end : whole;
	if (q.start >= q.end)
		return 0;
	head = malloc(fsmap_sizeof(BATCH));
	if (!head)
		return error_set(err, ERR_NOMEM, "no memory to ask for owners");
	rc = ask(&q, start / block * block, (q.end + block - 1) / block * block, head, err);
	interval_settle(&left_out);
	if (rc == 0 && left_out.count > 0) {
		q.missing = missing;
		rc = ask_again(&q, &left_out, head, err);
	}
	interval_settle(missing);
	interval_fini(&left_out);
	free(head);
	return rc;
}
