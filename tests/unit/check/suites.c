/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites of the layer check. */
#include "unit/runner.h"

#include <stddef.h>

Suite *damage_joins_suite(void);
Suite *damage_kinds_suite(void);
Suite *damage_suite(void);
Suite *examine_suite(void);
Suite *finding_suite(void);
Suite *fsck_attr_suite(void);
Suite *fsck_chunks_suite(void);
Suite *fsck_dir_suite(void);
Suite *fsck_fork_suite(void);
Suite *fsck_gaps_suite(void);
Suite *fsck_headers_suite(void);
Suite *fsck_inode_suite(void);
Suite *fsck_journal_suite(void);
Suite *fsck_links_suite(void);
Suite *fsck_quota_suite(void);
Suite *fsck_space_suite(void);
Suite *fsck_superblock_suite(void);
Suite *run_pass_suite(void);
Suite *sweep_suite(void);

Suite *(*const unit_suites[])(void) = {
	damage_joins_suite, damage_kinds_suite,	   damage_suite,       examine_suite,	 finding_suite,
	fsck_attr_suite,    fsck_chunks_suite,	   fsck_dir_suite,     fsck_fork_suite,	 fsck_gaps_suite,
	fsck_headers_suite, fsck_inode_suite,	   fsck_journal_suite, fsck_links_suite, fsck_quota_suite,
	fsck_space_suite,   fsck_superblock_suite, run_pass_suite,     sweep_suite,	 NULL,
};
