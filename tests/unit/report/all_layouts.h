/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every layout, for tests that walk them all. */
#ifndef UNIT_REPORT_ALL_LAYOUTS_H
#define UNIT_REPORT_ALL_LAYOUTS_H

#include "report/layout.h"

static const struct layout *const layouts[] = {
	&sb_layout,    &agf_layout,    &agi_layout,    &agfl_layout,	   &bnobt_layout,	&cntbt_layout,
	&inobt_layout, &finobt_layout, &rmapbt_layout, &refcountbt_layout, &bmapbt_data_layout, &bmapbt_attr_layout,
	&inode_layout, &dir_layout,    &attr_layout,   &symlink_layout,	   &dqblk_layout,
};
#define LAYOUTS ((int)(sizeof(layouts) / sizeof(layouts[0])))

#endif
