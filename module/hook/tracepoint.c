// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which tracepoint has a name? The kernel's own are walked over; those of modules
 * are told to whoever registers a notifier, those that are there at once. A
 * tracepoint that is found holds its module, as Linux does it.
 */
#include "module/hook/tracepoint.h"

#include <linux/errno.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

struct search {
	struct notifier_block notifier;
	const char *name;
	struct tracepoint_ref *found;
};

static void match(struct tracepoint *tp, void *priv)
{
	struct search *search = priv;

	if (!search->found->tp && !strcmp(tp->name, search->name))
		search->found->tp = tp;
}

#ifdef CONFIG_MODULES
/* Programs do not hang on the runtime itself. */
static int search_module(struct notifier_block *notifier, unsigned long event, void *data)
{
	struct search *search = container_of(notifier, struct search, notifier);
	struct module *module = ((struct tp_module *)data)->mod;
	unsigned int i;

	if (event != MODULE_STATE_COMING || search->found->tp || module == THIS_MODULE)
		return NOTIFY_OK;
	for (i = 0; i < module->num_tracepoints; i++)
		match(tracepoint_ptr_deref(&module->tracepoints_ptrs[i]), search);
	if (!search->found->tp)
		return NOTIFY_OK;
	/* One that is still being made is freed if its init fails, whoever holds it. */
	if (READ_ONCE(module->state) == MODULE_STATE_LIVE && try_module_get(module))
		search->found->module = module;
	else
		search->found->tp = NULL;
	return NOTIFY_OK;
}
#endif

int tracepoint_get(struct tracepoint_ref *ref, const char *name)
{
	struct search search = { .name = name, .found = ref };
	int err;

	ref->tp = NULL;
	ref->module = NULL;
	for_each_kernel_tracepoint(match, &search);
	if (ref->tp)
		return 0;
	search.notifier.notifier_call = search_module;
	err = register_tracepoint_module_notifier(&search.notifier);
	if (err)
		return err;
	unregister_tracepoint_module_notifier(&search.notifier);
	return ref->tp ? 0 : -ENOENT;
}

void tracepoint_put(const struct tracepoint_ref *ref)
{
	if (ref->module)
		module_put(ref->module);
}
