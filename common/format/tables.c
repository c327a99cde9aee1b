/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of all field tables. */
#include "format/tables.h"

#include "format/agf.h"
#include "format/agfl.h"
#include "format/agi.h"
#include "format/attr.h"
#include "format/btree_block.h"
#include "format/da.h"
#include "format/dir.h"
#include "format/dquot.h"
#include "format/inode.h"
#include "format/log.h"
#include "format/records.h"
#include "format/sb.h"
#include "format/symlink.h"

const struct field_table *const all_field_tables[] = {
	&sb_table,
	&agf_table,
	&agi_table,
	&agfl_table,
	&btree_short_table,
	&btree_long_table,
	&bmap_root_table,
	&alloc_rec_table,
	&inobt_rec_table,
	&inobt_key_table,
	&refcount_rec_table,
	&refcount_key_table,
	&rmap_rec_table,
	&rmap_key_table,
	&bmap_rec_table,
	&bmap_key_table,
	&inode_table,
	&da_node_table,
	&da_node_entry_table,
	&dir_short4_table,
	&dir_short8_table,
	&dir_short_entry_table,
	&dir_data_table,
	&dir_entry_table,
	&dir_unused_table,
	&dir_block_tail_table,
	&dir_leaf_table,
	&dir_leaf_entry_table,
	&dir_leaf_tail_table,
	&dir_free_table,
	&attr_short_table,
	&attr_short_entry_table,
	&attr_leaf_table,
	&attr_leaf_entry_table,
	&attr_local_table,
	&attr_remote_table,
	&attr_value_table,
	&parent_table,
	&symlink_table,
	&dqblk_table,
	&log_record_table,
	&log_ext_table,
	&log_op_table,
	NULL,
};
