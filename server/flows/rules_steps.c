// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// A step that does not fit any more is left out; the next look decides anew.
#include "server/flows/rules_steps.h"

#include "catalog/bookings.h"
#include "catalog/error.h"
#include "catalog/rulebookings.h"
#include "server/flows/tuners.h"

typedef struct {
    char *id;               // (owned) (nullable): a booking that is taken back, or marked
    const char *code;       // (unowned) (nullable): static, of a mark
    CatalogBooking *wanted; // (owned) (nullable): to be made
    gint64 rule_revision;   // (value) of the rule that wants it
    gboolean is_mark;       // (value)
    gboolean waits;         // (value): what is wanted waits for a tuner
} Step;

struct _FlowsRulesSteps {
    GPtrArray *items; // (owned) (element-type Step)
    guint taken;      // (value): how many of them
};

static void
free_step(gpointer data)
{
    Step *step = data;
    g_free(step->id);
    catalog_booking_free(step->wanted);
    g_free(step);
}

FlowsRulesSteps *
flows_rules_steps_new(void)
{
    FlowsRulesSteps *steps = g_new0(FlowsRulesSteps, 1);
    steps->items = g_ptr_array_new_with_free_func(free_step);
    return steps;
}

void
flows_rules_steps_free(FlowsRulesSteps *steps)
{
    if (steps == NULL)
        return;
    g_ptr_array_unref(steps->items);
    g_free(steps);
}

static Step *
add_step(FlowsRulesSteps *steps, const char *id)
{
    Step *step = g_new0(Step, 1);
    step->id = g_strdup(id);
    g_ptr_array_add(steps->items, step);
    return step;
}

void
flows_rules_steps_add_withdrawal(FlowsRulesSteps *steps, const char *booking_id)
{
    add_step(steps, booking_id);
}

void
flows_rules_steps_add_mark(FlowsRulesSteps *steps, const char *booking_id, const char *code)
{
    Step *step = add_step(steps, booking_id);
    step->is_mark = TRUE;
    step->code = code;
}

void
flows_rules_steps_add_booking(FlowsRulesSteps *steps, const char *instead_of,
                              const CatalogBooking *wanted, const CatalogRules *rule,
                              gboolean waits)
{
    Step *step = add_step(steps, instead_of);
    step->wanted = catalog_booking_copy(wanted);
    step->rule_revision = rule->revision;
    step->waits = waits;
}

guint
flows_rules_steps_count_left(const FlowsRulesSteps *steps)
{
    return steps->items->len - steps->taken;
}

/* One batch under its hands. */
typedef struct {
    CatalogDatabase *database; // (unowned)
    CatalogAuditStamp by;      // the system
    GPtrArray *changed;        // (owned) (element-type utf8)
} Batch;

/* Whether @local says that the world is another one by now: then the step is left out. Takes
 * @local; FALSE with every other error. */
static gboolean
forgive(GError *local, const char *id, GError **error)
{
    if (local->domain != CATALOG_ERROR ||
        (local->code != CATALOG_ERROR_CONFLICT && local->code != CATALOG_ERROR_NOT_FOUND &&
         local->code != CATALOG_ERROR_EXISTS && local->code != CATALOG_ERROR_INVALID)) {
        g_propagate_error(error, local);
        return FALSE;
    }
    g_debug("booking %s: %s", id, local->message);
    g_error_free(local);
    return TRUE;
}

/* @done: (out). FALSE with an error. */
static gboolean
withdraw(Batch *batch, const char *id, gboolean *done, GError **error)
{
    GError *local = NULL;
    *done = catalog_rulebookings_withdraw(batch->database, id, &batch->by, &local);
    if (*done)
        g_ptr_array_add(batch->changed, g_strdup(id));
    return *done || forgive(local, id, error);
}

static gboolean
mark(Batch *batch, const char *id, const char *code, GError **error)
{
    GError *local = NULL;
    if (!catalog_rulebookings_mark(batch->database, id, code, batch->by.now_ms, &local))
        return forgive(local, id, error);
    g_ptr_array_add(batch->changed, g_strdup(id));
    return TRUE;
}

/* @same: (out): whether the rule is still what it was. FALSE with an error. */
static gboolean
look_for_rule(const Batch *batch, const Step *step, gboolean *same, GError **error)
{
    GError *local = NULL;
    *same = FALSE;
    g_autoptr(CatalogRules) rule =
        catalog_rules_get(batch->database, step->wanted->rule_id, &local);
    if (rule == NULL)
        return forgive(local, step->wanted->rule_id, error);
    *same = rule->enabled && rule->revision == step->rule_revision;
    return TRUE;
}

static gboolean
book(Batch *batch, const Step *step, GError **error)
{
    GError *local = NULL;
    g_autofree char *id = catalog_bookings_add(batch->database, step->wanted, &batch->by, &local);
    if (id == NULL)
        return forgive(local, step->wanted->title, error);
    g_ptr_array_add(batch->changed, g_strdup(id));
    return !step->waits || catalog_rulebookings_mark(batch->database, id, FLOWS_TUNERS_CODE,
                                                     batch->by.now_ms, error);
}

static gboolean
take_one(Batch *batch, const Step *step, GError **error)
{
    gboolean fits = TRUE;
    if (step->is_mark)
        return mark(batch, step->id, step->code, error);
    if (step->wanted != NULL && !look_for_rule(batch, step, &fits, error))
        return FALSE;
    if (fits && step->id != NULL && !withdraw(batch, step->id, &fits, error))
        return FALSE;
    return !fits || step->wanted == NULL || book(batch, step, error);
}

gboolean
flows_rules_steps_take(FlowsRulesSteps *steps, CatalogDatabase *database, gint64 now_ms,
                       GPtrArray *changed, GError **error)
{
    guint until = MIN(steps->taken + FLOWS_RULES_STEPS_BATCH, steps->items->len);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    Batch batch = {database, {NULL, now_ms}, ids};
    for (guint i = steps->taken; i < until; i++)
        if (!take_one(&batch, steps->items->pdata[i], error))
            return FALSE;
    steps->taken = until;
    for (guint i = 0; i < ids->len; i++)
        g_ptr_array_add(changed, g_strdup(ids->pdata[i]));
    return TRUE;
}
