// SPDX-License-Identifier: AGPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Daorian developers

// Rows of bookings. A row changes by a guarded update; a state only along booking.c's table.
#include "catalog/bookings.h"

#include <string.h>

#include "catalog/channels.h"
#include "catalog/error.h"
#include "catalog/ids.h"
#include "catalog/lessons.h"
#include "catalog/statement.h"
#include "catalog/texts.h"

#define NEAR_MS (G_GINT64_CONSTANT(12) * 3600 * 1000) // event ids come again, but not so soon

static gboolean
refuse(GError **error, CatalogError code, const char *why)
{
    g_set_error_literal(error, CATALOG_ERROR, code, why);
    return FALSE;
}

static gboolean
check(const CatalogBooking *booking, GError **error)
{
    const char *wrong = NULL;
    if (booking->title == NULL || *booking->title == '\0' ||
        strlen(booking->title) > CATALOG_LESSONS_TITLE_BYTES_MAX)
        wrong = "title is empty or too long";
    else if (strlen(booking->description) > CATALOG_LESSONS_DESCRIPTION_BYTES_MAX)
        wrong = "description is too long";
    else if (booking->end_ms <= booking->start_ms ||
             booking->end_ms - booking->start_ms > CATALOG_BOOKINGS_SPAN_MAX_MS)
        wrong = "end_ms is not after start_ms, or more than a day after it";
    else if (booking->padding_before_s < 0 || booking->padding_after_s < 0 ||
             booking->padding_before_s > CATALOG_BOOKINGS_PADDING_MAX_S ||
             booking->padding_after_s > CATALOG_BOOKINGS_PADDING_MAX_S)
        wrong = "padding_before_s and padding_after_s: from 0 to 3600";
    else if (booking->keep_until_ms < 0)
        wrong = "keep_until_ms is before 1970";
    return wrong == NULL || refuse(error, CATALOG_ERROR_INVALID, wrong);
}

static void
bind_plan(CatalogStatement *statement, const CatalogBooking *booking)
{
    const char *visibility = catalog_lesson_visibility_to_text(booking->visibility);
    catalog_statement_bind_int(statement, ":follows", booking->follows != FALSE);
    catalog_statement_bind_int(statement, ":start_ms", booking->start_ms);
    catalog_statement_bind_int(statement, ":end_ms", booking->end_ms);
    catalog_statement_bind_int(statement, ":padding_before_s", booking->padding_before_s);
    catalog_statement_bind_int(statement, ":padding_after_s", booking->padding_after_s);
    catalog_statement_bind_text(statement, ":title", booking->title);
    catalog_statement_bind_text(statement, ":description", booking->description);
    catalog_statement_bind_text(statement, ":rights_holder", booking->rights_holder);
    catalog_statement_bind_text(statement, ":licence", booking->licence);
    catalog_statement_bind_int(statement, ":keep_until_ms", booking->keep_until_ms);
    catalog_statement_bind_text(statement, ":visibility", visibility);
}

static gboolean
audit(CatalogDatabase *database, const CatalogBooking *booking, const char *id, const char *action,
      const CatalogAuditStamp *by, GError **error)
{
    g_autofree char *start = g_strdup_printf("%" G_GINT64_FORMAT, booking->start_ms);
    g_autofree char *end = g_strdup_printf("%" G_GINT64_FORMAT, booking->end_ms);
    g_autofree char *detail = catalog_texts_write_object(
        "channel", booking->channel, "title", booking->title, "start_ms", start, "end_ms", end,
        "rights_holder", booking->rights_holder, "licence", booking->licence, "visibility",
        catalog_lesson_visibility_to_text(booking->visibility), "rule_id", booking->rule_id, NULL);
    return catalog_audit_append(database, by, action, id, detail, error);
}

static const char COUNT_SQL[] =
    "SELECT count(*) AS count FROM bookings WHERE state IN ('waiting', 'running')";

static gboolean
has_room(CatalogDatabase *database, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, COUNT_SQL);
    gboolean room = catalog_statement_next(statement) &&
                    catalog_statement_get_int(statement, "count") < CATALOG_BOOKINGS_OPEN_MAX;
    if (!catalog_statement_finish(statement, error))
        return FALSE;
    return room || refuse(error, CATALOG_ERROR_INVALID, "there are 2000 open bookings already");
}

/* Nobody books one event twice. */
static gboolean
is_new(CatalogDatabase *database, const CatalogBooking *added, GError **error)
{
    g_autoptr(GError) local = NULL;
    if (added->event_id == CATALOG_BOOKING_NO_EVENT || added->service == NULL)
        return TRUE;
    g_autoptr(CatalogBooking) there = catalog_bookings_find_event(
        database, added->service, added->event_id, added->start_ms, &local);
    if (local != NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    return there == NULL || refuse(error, CATALOG_ERROR_EXISTS, "this programme is booked already");
}

static const char ADD_SQL[] =
    "INSERT INTO bookings (id, owner_id, channel, channel_name, service, event_id, event_start_ms,"
    "  follows, programme_crid, state, start_ms, end_ms, padding_before_s, padding_after_s, title,"
    "  description, language, rights_holder, licence, keep_until_ms, visibility, rule_id,"
    "  created_ms, updated_ms)"
    " VALUES (:id, :owner_id, :channel, :channel_name, :service, :event_id, :event_start_ms,"
    "  :follows, :programme_crid, 'waiting', :start_ms, :end_ms, :padding_before_s, "
    ":padding_after_s, :title,"
    "  :description, :language, :rights_holder, :licence, :keep_until_ms, :visibility, :rule_id,"
    "  :now_ms, :now_ms)";

char *
catalog_bookings_add(CatalogDatabase *database, const CatalogBooking *added,
                     const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogChannels) channel = catalog_channels_get(database, added->channel, error);
    if (channel == NULL || !check(added, error) || !has_room(database, error) ||
        !is_new(database, added, error))
        return NULL;
    g_autofree char *id = catalog_ids_new(by->now_ms);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, ADD_SQL);
    bind_plan(statement, added);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":owner_id", added->owner_id);
    catalog_statement_bind_text(statement, ":channel", added->channel);
    catalog_statement_bind_text(statement, ":channel_name", channel->name);
    catalog_statement_bind_text(statement, ":service", added->service);
    catalog_statement_bind_int(statement, ":event_id", added->event_id);
    catalog_statement_bind_int(statement, ":event_start_ms", added->event_start_ms);
    catalog_statement_bind_text(statement, ":programme_crid", added->programme_crid);
    catalog_statement_bind_text(statement, ":language", added->language);
    catalog_statement_bind_text(statement, ":rule_id", added->rule_id);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    if (!catalog_statement_run(statement, error) ||
        !audit(database, added, id, "booking.add", by, error))
        return NULL;
    return g_steal_pointer(&id);
}

static const char EDIT_SQL[] =
    "UPDATE bookings SET follows = :follows, start_ms = :start_ms, end_ms = :end_ms,"
    " padding_before_s = :padding_before_s, padding_after_s = :padding_after_s, title = :title,"
    " description = :description, rights_holder = :rights_holder, licence = :licence,"
    " keep_until_ms = :keep_until_ms, visibility = :visibility, revision = revision + 1,"
    " updated_ms = :now_ms"
    " WHERE id = :id AND revision = :revision AND state IN ('waiting', 'running')";

gboolean
catalog_bookings_edit(CatalogDatabase *database, const CatalogBooking *edited,
                      const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogBooking) before = catalog_bookings_get(database, edited->id, error);
    if (before == NULL || !check(edited, error))
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, EDIT_SQL);
    bind_plan(statement, edited);
    catalog_statement_bind_text(statement, ":id", edited->id);
    catalog_statement_bind_int(statement, ":revision", edited->revision);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    return catalog_statement_run_guarded(statement, "the booking was changed in between", error) &&
           audit(database, edited, edited->id, "booking.edit", by, error);
}

static const char FOLLOW_SQL[] =
    "UPDATE bookings SET event_id = :event_id, event_start_ms = :event_start_ms,"
    " start_ms = :start_ms, end_ms = :end_ms, programme_crid = :programme_crid,"
    " updated_ms = :now_ms WHERE id = :id AND follows = 1 AND state IN ('waiting', 'running')";

gboolean
catalog_bookings_follow(CatalogDatabase *database, const CatalogBooking *moved, gint64 now_ms,
                        GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FOLLOW_SQL);
    catalog_statement_bind_text(statement, ":id", moved->id);
    catalog_statement_bind_int(statement, ":event_id", moved->event_id);
    catalog_statement_bind_int(statement, ":event_start_ms", moved->event_start_ms);
    catalog_statement_bind_int(statement, ":start_ms", moved->start_ms);
    catalog_statement_bind_int(statement, ":end_ms", moved->end_ms);
    catalog_statement_bind_text(statement, ":programme_crid", moved->programme_crid);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run_guarded(statement, "the booking is over", error);
}

static const char STATE_SQL[] = "UPDATE bookings SET state = :state, error_code = :error_code,"
                                " updated_ms = :now_ms WHERE id = :id AND state = :before";

gboolean
catalog_bookings_set_state(CatalogDatabase *database, const char *id, CatalogBookingState state,
                           const char *error_code, const CatalogAuditStamp *by, GError **error)
{
    g_autoptr(CatalogBooking) before = catalog_bookings_get(database, id, error);
    if (before == NULL)
        return FALSE;
    if (!catalog_booking_state_may_move(before->state, state))
        return refuse(error, CATALOG_ERROR_CONFLICT, "the booking is in another state by now");
    const char *word = catalog_booking_state_to_text(state);
    g_autofree char *detail =
        catalog_texts_write_object("state", word, "error_code", error_code, NULL);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, STATE_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":state", word);
    catalog_statement_bind_text(statement, ":before", catalog_booking_state_to_text(before->state));
    catalog_statement_bind_text(statement, ":error_code", error_code);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    return catalog_statement_run_guarded(statement, "the booking moved in between", error) &&
           catalog_audit_append(database, by, "booking.state", id, detail, error);
}

static const char ERROR_SQL[] = "UPDATE bookings SET error_code = :error_code, updated_ms = :now_ms"
                                " WHERE id = :id AND state = 'finishing'";

gboolean
catalog_bookings_note_error(CatalogDatabase *database, const char *id, const char *error_code,
                            gint64 now_ms, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, ERROR_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":error_code", error_code);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    return catalog_statement_run_guarded(statement, "the booking is not finishing", error);
}

// Before its programme began, what was kept so far is all there is.
static const char STOP_SQL[] =
    "UPDATE bookings SET start_ms = min(start_ms, :now_ms - 1000), end_ms = :now_ms,"
    " padding_after_s = 0, follows = 0, revision = revision + 1, updated_ms = :now_ms"
    " WHERE id = :id AND state = 'running'";

gboolean
catalog_bookings_stop(CatalogDatabase *database, const char *id, const CatalogAuditStamp *by,
                      GError **error)
{
    g_autoptr(CatalogBooking) before = catalog_bookings_get(database, id, error);
    if (before == NULL)
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, STOP_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_int(statement, ":now_ms", by->now_ms);
    return catalog_statement_run_guarded(statement, "the booking does not run", error) &&
           audit(database, before, id, "booking.stop", by, error);
}

static const char LESSON_SQL[] =
    "UPDATE bookings SET lesson_id = :lesson_id, updated_ms = :now_ms WHERE id = :id";

gboolean
catalog_bookings_set_lesson(CatalogDatabase *database, const char *id, const char *lesson_id,
                            gint64 now_ms, GError **error)
{
    gint64 changed = 0;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LESSON_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    catalog_statement_bind_text(statement, ":lesson_id", lesson_id);
    catalog_statement_bind_int(statement, ":now_ms", now_ms);
    if (!catalog_statement_run_counting(statement, &changed, error))
        return FALSE;
    return changed > 0 || refuse(error, CATALOG_ERROR_NOT_FOUND, "no such booking");
}

static const char DELETE_SQL[] =
    "DELETE FROM bookings WHERE id = :id AND state IN ('done', 'failed', 'cancelled', 'missed')";

gboolean
catalog_bookings_delete(CatalogDatabase *database, const char *id, const CatalogAuditStamp *by,
                        GError **error)
{
    g_autoptr(CatalogBooking) before = catalog_bookings_get(database, id, error);
    if (before == NULL)
        return FALSE;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, DELETE_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    return catalog_statement_run_guarded(statement, "the booking is not over", error) &&
           audit(database, before, id, "booking.delete", by, error);
}

#define BOOKINGS_COLUMNS                                                                           \
    "SELECT b.id, b.owner_id, a.display_name AS owner_name, b.channel,"                            \
    " coalesce(c.name, b.channel_name) AS channel_name, b.service, b.event_id, b.event_start_ms,"  \
    " b.follows, b.programme_crid, b.state, b.start_ms, b.end_ms, b.padding_before_s, "            \
    "b.padding_after_s,"                                                                           \
    " b.title, b.description, b.language, b.rights_holder, b.licence, b.keep_until_ms,"            \
    " b.visibility, b.rule_id, b.lesson_id, b.error_code, b.revision, b.created_ms, b.updated_ms"  \
    " FROM bookings b LEFT JOIN accounts a ON a.id = b.owner_id"                                   \
    " LEFT JOIN channels c ON c.id = b.channel"

static CatalogBooking *
read_booking(CatalogStatement *statement)
{
    CatalogBooking *booking = g_new0(CatalogBooking, 1);
    booking->id = catalog_statement_dup_text(statement, "id");
    booking->owner_id = catalog_statement_dup_text(statement, "owner_id");
    booking->owner_name = catalog_statement_dup_text(statement, "owner_name");
    booking->channel = catalog_statement_dup_text(statement, "channel");
    booking->channel_name = catalog_statement_dup_text(statement, "channel_name");
    booking->service = catalog_statement_dup_text(statement, "service");
    booking->event_id = catalog_statement_get_int(statement, "event_id");
    booking->event_start_ms = catalog_statement_get_int(statement, "event_start_ms");
    booking->follows = catalog_statement_get_int(statement, "follows") != 0;
    booking->programme_crid = catalog_statement_dup_text(statement, "programme_crid");
    catalog_booking_state_from_text(catalog_statement_get_text(statement, "state"),
                                    &booking->state);
    booking->start_ms = catalog_statement_get_int(statement, "start_ms");
    booking->end_ms = catalog_statement_get_int(statement, "end_ms");
    booking->padding_before_s = catalog_statement_get_int(statement, "padding_before_s");
    booking->padding_after_s = catalog_statement_get_int(statement, "padding_after_s");
    booking->title = catalog_statement_dup_text(statement, "title");
    booking->description = catalog_statement_dup_text(statement, "description");
    booking->language = catalog_statement_dup_text(statement, "language");
    booking->rights_holder = catalog_statement_dup_text(statement, "rights_holder");
    booking->licence = catalog_statement_dup_text(statement, "licence");
    booking->keep_until_ms = catalog_statement_get_int(statement, "keep_until_ms");
    catalog_lesson_visibility_from_text(catalog_statement_get_text(statement, "visibility"),
                                        &booking->visibility);
    booking->rule_id = catalog_statement_dup_text(statement, "rule_id");
    booking->lesson_id = catalog_statement_dup_text(statement, "lesson_id");
    booking->error_code = catalog_statement_dup_text(statement, "error_code");
    booking->revision = catalog_statement_get_int(statement, "revision");
    booking->created_ms = catalog_statement_get_int(statement, "created_ms");
    booking->updated_ms = catalog_statement_get_int(statement, "updated_ms");
    return booking;
}

static const char GET_SQL[] = BOOKINGS_COLUMNS " WHERE b.id = :id";

CatalogBooking *
catalog_bookings_get(CatalogDatabase *database, const char *id, GError **error)
{
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, GET_SQL);
    catalog_statement_bind_text(statement, ":id", id);
    if (catalog_statement_next(statement))
        return read_booking(statement);
    catalog_statement_finish_missing(statement, "booking", error);
    return NULL;
}

static const char LIST_SQL[] =
    BOOKINGS_COLUMNS " WHERE (:state IS NULL OR b.state = :state)"
                     " AND (:channel IS NULL OR b.channel = :channel)"
                     " AND b.end_ms > :from_ms AND b.start_ms < :until_ms"
                     " AND (b.start_ms, b.id) < (:position_ms, :position)"
                     " ORDER BY b.start_ms DESC, b.id DESC LIMIT :limit";

CatalogPage *
catalog_bookings_list(CatalogDatabase *database, const CatalogBookingsFilter *filter,
                      const char *cursor, guint limit, GError **error)
{
    gint64 position_ms = 0;
    g_autofree char *position = NULL;
    guint most = catalog_page_clamp_limit(limit);
    if (!catalog_page_read_cursor(cursor, &position_ms, &position, error))
        return NULL;
    g_autoptr(GPtrArray) items =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_booking_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, LIST_SQL);
    catalog_statement_bind_text(
        statement, ":state",
        filter->state != NULL ? catalog_booking_state_to_text(*filter->state) : NULL);
    catalog_statement_bind_text(statement, ":channel", filter->channel);
    catalog_statement_bind_int(statement, ":from_ms", filter->from_ms);
    catalog_statement_bind_int(statement, ":until_ms", filter->until_ms);
    catalog_statement_bind_int(statement, ":position_ms", position_ms);
    catalog_statement_bind_text(statement, ":position", position);
    catalog_statement_bind_int(statement, ":limit", most + 1);
    while (catalog_statement_next(statement))
        g_ptr_array_add(items, read_booking(statement));
    if (!catalog_statement_finish(statement, error))
        return NULL;
    gboolean more = items->len > most;
    if (more)
        g_ptr_array_remove_index(items, most);
    const CatalogBooking *last = more ? items->pdata[most - 1] : NULL;
    CatalogPage *page = catalog_page_new(g_steal_pointer(&items));
    if (last != NULL)
        page->next_cursor = catalog_page_write_cursor(last->start_ms, last->id);
    return page;
}

static const char PENDING_SQL[] =
    BOOKINGS_COLUMNS " WHERE b.state IN ('waiting', 'running', 'finishing')"
                     " ORDER BY b.start_ms, b.id";

GPtrArray *
catalog_bookings_list_pending(CatalogDatabase *database, GError **error)
{
    g_autoptr(GPtrArray) items =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_booking_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, PENDING_SQL);
    while (catalog_statement_next(statement))
        g_ptr_array_add(items, read_booking(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&items) : NULL;
}

static const char SHOWINGS_SQL[] =
    BOOKINGS_COLUMNS " WHERE b.id <> :id AND (b.state IN ('waiting', 'running', 'finishing')"
                     "  OR (b.state = 'done' AND b.lesson_id IS NOT NULL))"
                     " AND (b.title = :title OR b.programme_crid = :programme_crid)"
                     " ORDER BY b.start_ms DESC, b.id DESC LIMIT :limit";

GPtrArray *
catalog_bookings_list_showings(CatalogDatabase *database, const CatalogBooking *booking,
                               guint limit, GError **error)
{
    g_autoptr(GPtrArray) items =
        g_ptr_array_new_with_free_func((GDestroyNotify)catalog_booking_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, SHOWINGS_SQL);
    catalog_statement_bind_text(statement, ":id", booking->id);
    catalog_statement_bind_text(statement, ":title", booking->title);
    catalog_statement_bind_text(statement, ":programme_crid", booking->programme_crid);
    catalog_statement_bind_int(statement, ":limit", limit);
    while (catalog_statement_next(statement))
        g_ptr_array_add(items, read_booking(statement));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&items) : NULL;
}

static const char FIND_SQL[] =
    BOOKINGS_COLUMNS " WHERE b.service = :service AND b.event_id = :event_id"
                     " AND b.state IN ('waiting', 'running', 'finishing', 'done')"
                     " AND abs(b.event_start_ms - :start_ms) < :near_ms"
                     " ORDER BY b.id DESC LIMIT 1";

CatalogBooking *
catalog_bookings_find_event(CatalogDatabase *database, const char *service, gint64 event_id,
                            gint64 start_ms, GError **error)
{
    CatalogBooking *found = NULL;
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, FIND_SQL);
    catalog_statement_bind_text(statement, ":service", service);
    catalog_statement_bind_int(statement, ":event_id", event_id);
    catalog_statement_bind_int(statement, ":start_ms", start_ms);
    catalog_statement_bind_int(statement, ":near_ms", NEAR_MS);
    if (catalog_statement_next(statement))
        found = read_booking(statement);
    if (catalog_statement_finish(statement, error))
        return found;
    catalog_booking_free(found);
    return NULL;
}

static const char KEPT_SQL[] =
    "SELECT id FROM bookings WHERE state IN ('waiting', 'running', 'finishing', 'failed')"
    " UNION SELECT recording_id FROM patches WHERE state = 'running'";

GPtrArray *
catalog_bookings_list_kept(CatalogDatabase *database, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(CatalogStatement) statement = catalog_statement_new(database, KEPT_SQL);
    while (catalog_statement_next(statement))
        g_ptr_array_add(ids, catalog_statement_dup_text(statement, "id"));
    return catalog_statement_finish(statement, error) ? g_steal_pointer(&ids) : NULL;
}
