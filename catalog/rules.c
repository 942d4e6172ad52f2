// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of rules. What a person may write is checked here once, for every caller.
#include "catalog/rules.h"

#include <string.h>

#include "catalog/bookings.h"
#include "catalog/channels.h"
#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/rulebookings.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

#define NAME_BYTES_MAX 256
#define DAY_MINUTES 1440

CatalogRules *
catalog_rules_copy(const CatalogRules *rule)
{
    CatalogRules *copy = g_memdup2(rule, sizeof *rule);
    copy->id = g_strdup(rule->id);
    copy->owner_id = g_strdup(rule->owner_id);
    copy->owner_name = g_strdup(rule->owner_name);
    copy->name = g_strdup(rule->name);
    copy->channel = g_strdup(rule->channel);
    copy->title = g_strdup(rule->title);
    copy->keywords = g_strdup(rule->keywords);
    copy->series_crid = g_strdup(rule->series_crid);
    copy->rights_holder = g_strdup(rule->rights_holder);
    copy->licence = g_strdup(rule->licence);
    return copy;
}

void
catalog_rules_free(CatalogRules *rule)
{
    if (rule == NULL)
        return;
    g_free(rule->id);
    g_free(rule->owner_id);
    g_free(rule->owner_name);
    g_free(rule->name);
    g_free(rule->channel);
    g_free(rule->title);
    g_free(rule->keywords);
    g_free(rule->series_crid);
    g_free(rule->rights_holder);
    g_free(rule->licence);
    g_free(rule);
}

static gboolean
refuse(GError **error, CatalogError code, const char *why)
{
    g_set_error_literal(error, CATALOG_ERROR, code, why);
    return FALSE;
}

static gboolean
is_minute(gint64 minute)
{
    return minute >= 0 && minute < DAY_MINUTES;
}

static gboolean
has_window(const CatalogRules *rule)
{
    return is_minute(rule->from_minute);
}

static const char *
find_fault_of_times(const CatalogRules *rule)
{
    if (rule->weekdays < 1 || rule->weekdays > CATALOG_RULES_EVERY_DAY)
        return "weekdays: at least one, from 1 (Monday) to 7 (Sunday)";
    if (rule->from_minute == CATALOG_RULES_NO_MINUTE &&
        rule->until_minute == CATALOG_RULES_NO_MINUTE)
        return NULL;
    if (!is_minute(rule->from_minute) || !is_minute(rule->until_minute) ||
        rule->from_minute == rule->until_minute)
        return "from and until are two different times of day, or neither is there";
    return NULL;
}

static const char *
find_fault_of_texts(const CatalogRules *rule)
{
    if (strlen(rule->title) > CATALOG_RULES_TEXT_BYTES_MAX ||
        strlen(rule->keywords) > CATALOG_RULES_TEXT_BYTES_MAX ||
        (rule->series_crid != NULL && strlen(rule->series_crid) > CATALOG_RULES_TEXT_BYTES_MAX))
        return "title, keywords or series is too long";
    // Else it would keep everything that is on the air.
    if (*rule->title == '\0' && *rule->keywords == '\0' && rule->series_crid == NULL &&
        (rule->channel == NULL || !has_window(rule)))
        return "a rule has words, a series, or a channel with a time of day";
    if (*rule->name == '\0' || strlen(rule->name) > NAME_BYTES_MAX)
        return "name is empty or too long";
    return NULL;
}

static const char *
find_fault_of_plan(const CatalogRules *rule)
{
    if (rule->padding_before_s < 0 || rule->padding_before_s > CATALOG_BOOKINGS_PADDING_MAX_S ||
        rule->padding_after_s < 0 || rule->padding_after_s > CATALOG_BOOKINGS_PADDING_MAX_S)
        return "padding_before_s and padding_after_s: from 0 to 3600";
    if (rule->keep_days < 0 || rule->keep_days > CATALOG_RULES_KEEP_DAYS_MAX)
        return "keep_days: from 0 (for ever) to 36500";
    return NULL;
}

gboolean
catalog_rules_check(const CatalogRules *rule, GError **error)
{
    const char *wrong = find_fault_of_texts(rule);
    if (wrong == NULL)
        wrong = find_fault_of_times(rule);
    if (wrong == NULL)
        wrong = find_fault_of_plan(rule);
    return wrong == NULL || refuse(error, CATALOG_ERROR_INVALID, wrong);
}

/* What a person may write, and whether the channel is there. */
static gboolean
check_all(CatalogDatabase *database, const CatalogRules *rule, GError **error)
{
    if (!catalog_rules_check(rule, error))
        return FALSE;
    if (rule->channel == NULL)
        return TRUE;
    g_autoptr(CatalogChannels) channel = catalog_channels_get(database, rule->channel, error);
    return channel != NULL;
}

static void
bind_rule(CatalogStatement *statement, const CatalogRules *rule)
{
    const char *visibility = catalog_lesson_visibility_to_text(rule->visibility);
    catalog_statement_bind_text(statement, ":name", rule->name);
    catalog_statement_bind_text(statement, ":channel", rule->channel);
    catalog_statement_bind_text(statement, ":title", rule->title);
    catalog_statement_bind_text(statement, ":keywords", rule->keywords);
    catalog_statement_bind_text(statement, ":series_crid", rule->series_crid);
    catalog_statement_bind_int(statement, ":weekdays", rule->weekdays);
    catalog_statement_bind_int(statement, ":from_minute", rule->from_minute);
    catalog_statement_bind_int(statement, ":until_minute", rule->until_minute);
    catalog_statement_bind_int(statement, ":repeats", rule->repeats != FALSE);
    catalog_statement_bind_int(statement, ":padding_before_s", rule->padding_before_s);
    catalog_statement_bind_int(statement, ":padding_after_s", rule->padding_after_s);
    catalog_statement_bind_int(statement, ":keep_days", rule->keep_days);
    catalog_statement_bind_text(statement, ":rights_holder", rule->rights_holder);
    catalog_statement_bind_text(statement, ":licence", rule->licence);
    catalog_statement_bind_text(statement, ":visibility", visibility);
    catalog_statement_bind_int(statement, ":enabled", rule->enabled != FALSE);
}

static gboolean
audit(CatalogDatabase *database, const CatalogRules *rule, const char *id, const char *action,
      const CatalogAuditStamp *by, GError **error)
{
    g_autofree char *days = g_strdup_printf("%" G_GINT64_FORMAT, rule->weekdays);
    g_autofree char *from = g_strdup_printf("%" G_GINT64_FORMAT, rule->from_minute);
    g_autofree char *until = g_strdup_printf("%" G_GINT64_FORMAT, rule->until_minute);
    g_autofree char *detail = catalog_texts_write_object(
        "name", rule->name, "channel", rule->channel, "title", rule->title, "keywords",
        rule->keywords, "series_crid", rule->series_crid, "weekdays", days, "from_minute", from,
        "until_minute", until, "rights_holder", rule->rights_holder, "licence", rule->licence,
        "visibility", catalog_lesson_visibility_to_text(rule->visibility), "enabled",
        rule->enabled ? "true" : "false", NULL);
    return catalog_audit_append(database, by, action, id, detail, error);
}

static const char COUNT_SQL[] = "SELECT count(*) AS count FROM rules";

static gboolean
has_room(CatalogDatabase *database, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, COUNT_SQL);
    gboolean room = catalog_statement_next(statement) &&
                    catalog_statement_get_int(statement, "count") < CATALOG_RULES_MAX;
    if (!catalog_statement_finish(statement, error))
        return FALSE;
    return room || refuse(error, CATALOG_ERROR_INVALID, "there are 500 rules already");
}

static const char ADD_SQL[] =
    "INSERT INTO rules (id, owner_id, name, channel, title, keywords, series_crid, weekdays,"
    "  from_minute, until_minute, repeats, padding_before_s, padding_after_s, keep_days,"
    "  rights_holder, licence, visibility, enabled, created_ms, updated_ms)"
    " VALUES (:id, :owner_id, :name, :channel, :title, :keywords, :series_crid, :weekdays,"
    "  :from_minute, :until_minute, :repeats, :padding_before_s, :padding_after_s, :keep_days,"
    "  :rights_holder, :licence, :visibility, :enabled, :now_ms, :now_ms)";

char *
catalog_rules_add(CatalogDatabase *database, const CatalogRules *added, const CatalogAuditStamp *by,
                  GError **error)
{
    if (!check_all(database, added, error) || !has_room(database, error))
        return NULL;
    g_autofree char *id = catalog_ids_new(by->now_ms);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, ADD_SQL);
    bind_rule(statement, added);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":owner_id", added->owner_id);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    if (!catalog_statement_run(statement, error) ||
        !audit(database, added, id, "rule.add", by, error))
        return NULL;
    return g_steal_pointer(&id);
}

static const char EDIT_SQL[] =
    "UPDATE rules SET name = :name, channel = :channel, title = :title, keywords = :keywords,"
    " series_crid = :series_crid, weekdays = :weekdays, from_minute = :from_minute,"
    " until_minute = :until_minute, repeats = :repeats, padding_before_s = :padding_before_s,"
    " padding_after_s = :padding_after_s, keep_days = :keep_days, rights_holder = :rights_holder,"
    " licence = :licence, visibility = :visibility, enabled = :enabled, revision = revision + 1,"
    " updated_ms = :now_ms WHERE id = :id AND revision = :revision";

gboolean
catalog_rules_edit(CatalogDatabase *database, const CatalogRules *edited,
                   const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogRules) before = catalog_rules_get(database, edited->id, error);
    if (before == NULL || !check_all(database, edited, error))
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, EDIT_SQL);
    bind_rule(statement, edited);
    catalog_statement_bind_text(statement, ":id", edited->id);
    catalog_statement_bind_int(statement, ":revision", edited->revision);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    return catalog_statement_run_guarded(statement, "the rule was changed in between", error) &&
           audit(database, edited, edited->id, "rule.edit", by, error);
}

static const char UNTOUCHED_SQL[] = "SELECT id FROM bookings WHERE rule_id = :rule_id"
                                    " AND state = 'waiting' AND revision = 1";

static GPtrArray *
withdraw_all(CatalogDatabase *database, const char *rule_id, const CatalogAuditStamp *by,
             GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, UNTOUCHED_SQL);
    catalog_statement_bind_text(statement, ":rule_id", rule_id);
    while (catalog_statement_next(statement))
        g_ptr_array_add(ids, catalog_statement_dup_text(statement, "id"));
    if (!catalog_statement_finish(statement, error))
        return NULL;
    for (guint i = 0; i < ids->len; i++)
        if (!catalog_rulebookings_withdraw(database, ids->pdata[i], by, error))
            return NULL;
    return g_steal_pointer(&ids);
}

static const char DELETE_SQL[] = "DELETE FROM rules WHERE id = :id";

gboolean
catalog_rules_delete(CatalogDatabase *database, const char *id, GPtrArray **withdrawn,
                     const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogRules) before = catalog_rules_get(database, id, error);
    if (before == NULL)
        return FALSE;
    g_autoptr(GPtrArray) ids = withdraw_all(database, id, by, error);
    if (ids == NULL)
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, DELETE_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (!catalog_statement_run(statement, error) ||
        !audit(database, before, id, "rule.delete", by, error))
        return FALSE;
    if (withdrawn != NULL)
        *withdrawn = g_steal_pointer(&ids);
    return TRUE;
}

#define RULES_COLUMNS                                                                              \
    "SELECT r.id, r.owner_id, a.display_name AS owner_name, r.name, r.channel, r.title,"           \
    " r.keywords, r.series_crid, r.weekdays, r.from_minute, r.until_minute, r.repeats,"            \
    " r.padding_before_s, r.padding_after_s, r.keep_days, r.rights_holder, r.licence,"             \
    " r.visibility, r.enabled, r.revision, r.created_ms, r.updated_ms"                             \
    " FROM rules r LEFT JOIN accounts a ON a.id = r.owner_id"

static CatalogRules *
read_rule(CatalogStatement *statement)
{
    CatalogRules *rule = g_new0(CatalogRules, 1);
    rule->id = catalog_statement_dup_text(statement, "id");
    rule->owner_id = catalog_statement_dup_text(statement, "owner_id");
    rule->owner_name = catalog_statement_dup_text(statement, "owner_name");
    rule->name = catalog_statement_dup_text(statement, "name");
    rule->channel = catalog_statement_dup_text(statement, "channel");
    rule->title = catalog_statement_dup_text(statement, "title");
    rule->keywords = catalog_statement_dup_text(statement, "keywords");
    rule->series_crid = catalog_statement_dup_text(statement, "series_crid");
    rule->weekdays = catalog_statement_get_int(statement, "weekdays");
    rule->from_minute = catalog_statement_get_int(statement, "from_minute");
    rule->until_minute = catalog_statement_get_int(statement, "until_minute");
    rule->repeats = catalog_statement_get_int(statement, "repeats") != 0;
    rule->padding_before_s = catalog_statement_get_int(statement, "padding_before_s");
    rule->padding_after_s = catalog_statement_get_int(statement, "padding_after_s");
    rule->keep_days = catalog_statement_get_int(statement, "keep_days");
    rule->rights_holder = catalog_statement_dup_text(statement, "rights_holder");
    rule->licence = catalog_statement_dup_text(statement, "licence");
    catalog_lesson_visibility_from_text(catalog_statement_get_text(statement, "visibility"),
                                        &rule->visibility);
    rule->enabled = catalog_statement_get_int(statement, "enabled") != 0;
    rule->revision = catalog_statement_get_int(statement, "revision");
    rule->created_ms = catalog_statement_get_int(statement, "created_ms");
    rule->updated_ms = catalog_statement_get_int(statement, "updated_ms");
    return rule;
}

static const char GET_SQL[] = RULES_COLUMNS " WHERE r.id = :id";

CatalogRules *
catalog_rules_get(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement))
        return read_rule(statement);
    catalog_statement_finish_missing(statement, "rule", error);
    return NULL;
}

static const char LIST_SQL[] = RULES_COLUMNS " ORDER BY r.id";

GPtrArray *
catalog_rules_list(CatalogDatabase *database, GError **error)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func((GDestroyNotify)catalog_rules_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    while (catalog_statement_next(statement))
        g_ptr_array_add(items, read_rule(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&items) : NULL;
}
