/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows that B+tree blocks share with the roots in inodes. For the layouts alone. */
#ifndef REPORT_LAYOUT_BTREE_H
#define REPORT_LAYOUT_BTREE_H

#include "report/layout.h"

extern const struct layout bmap_data_rows, bmap_attr_rows, bmap_key_rows;

#endif
