/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The block info that directory and attribute blocks begin with. For the layouts alone. */
#ifndef REPORT_LAYOUT_DA_H
#define REPORT_LAYOUT_DA_H

#include "report/layout.h"

/* "info" of a directory's block and of an attribute fork's: they differ in where the neighbours are. */
extern const struct layout da_dir_info, da_attr_info;

/* The magic number of the block info; 0 if there is none. */
uint16_t da_magic(const struct layout_source *source);

/* How many of @count elements of @bytes each fit behind @offset. */
uint32_t da_bounded(const struct layout_source *source, uint64_t count, uint32_t offset, uint32_t bytes);

uint32_t da_is_node(const struct layout_at *at);
/* Entries of a node. */
uint32_t da_node_count(const struct layout_at *at);
uint32_t da_node_place(const struct layout_at *at, uint32_t index);

#endif
