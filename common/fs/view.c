/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all views have in common. */
#include "fs/view.h"

void view_close(struct view *view)
{
	if (view->ops)
		view->ops->close(view->self);
	*view = (struct view){0};
}
