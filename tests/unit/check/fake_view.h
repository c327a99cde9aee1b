/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A view that answers from lists, as the tests of the layer check fill them in. Its geometry: 2 groups of 1024 blocks
 * of 4096 bytes, sectors and inodes of 512 bytes, no quota.
 */
#ifndef UNIT_CHECK_FAKE_VIEW_H
#define UNIT_CHECK_FAKE_VIEW_H

#include "fs/view.h"

#define FAKE_OWNERS_MAX 4000u
#define FAKE_FILES_MAX	100u

struct fake_gap {
	uint64_t start_bytes, end_bytes;
};

struct fake_path {
	uint64_t ino;
	const char *path;
};

struct fake_view {
	struct view view;
	struct view_ops ops; /* NULL out or replace what a test wants */
	struct owner owners[FAKE_OWNERS_MAX];
	size_t owner_count;
	struct fake_gap gaps[FAKE_OWNERS_MAX];
	size_t gap_count;
	struct {
		struct file_info info;
		int rc; /* what the view says instead */
	} files[FAKE_FILES_MAX];
	size_t file_count;
	uint64_t chunk_first, chunk_allocated, chunk_present; /* present 0: there is no chunk */
	int chunk_rc;
	enum tree_structure structures[8]; /* of blocks 0 .. 7 of group 0 */
	struct fake_path paths[FAKE_FILES_MAX];
	size_t path_count, path_gaps;
	/* What was asked for. */
	uint64_t path_inos[FAKE_FILES_MAX];
	size_t path_ino_count;
	bool asked_one_path;
	int rc; /* of owners and paths, if not 0 */
};

void fake_init(struct fake_view *fake);

/* Each returns the entry, to be changed. */
struct owner *fake_own(struct fake_view *fake, enum owner_kind kind, uint64_t start_bytes, uint64_t end_bytes);
struct owner *fake_own_file(struct fake_view *fake, uint64_t ino, uint64_t start_bytes, uint64_t end_bytes,
			    uint64_t offset_bytes);
struct file_info *fake_file(struct fake_view *fake, uint64_t ino, uint32_t mode, uint64_t size_bytes);

#endif
