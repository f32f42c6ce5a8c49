-- Members of the plan of 2021, level and 20 % quota, all facts known: written by hand from the plan
-- (II.B.2.3, II.B.6/8 to 14), by the readings that the rulebook follows, for the tables of a
-- made-up district. It knows nothing of khung: what it gives is compared with the reference.
--
-- In: the views dang_vien, ky_luat, to_chuc_dang; the macros grade and places.
-- Out: id, status, level from 0 (khong_hoan_thanh).

WITH bodies AS (  -- cells, with the grassroots organisation and who votes
    SELECT
        cell.id AS cell,
        coalesce(above.id, cell.id) AS grassroots,
        cell.loai = 'chi_bo_co_so' AS is_grassroots,
        above.so_uy_vien AS committee
    FROM to_chuc_dang AS cell
    LEFT JOIN to_chuc_dang AS above ON cell.loai = 'chi_bo_truc_thuoc' AND above.id = cell.cap_tren
    WHERE cell.loai IN ('chi_bo_truc_thuoc', 'chi_bo_co_so')
),

voters AS (  -- II.B.6/14: full members, but for those exempt, suspended or away
    SELECT
        chi_bo AS cell,
        count(*) FILTER (
            WHERE ngay_ket_nap <= DATE '2020-12-15'
            AND NOT (mien_cong_tac OR dinh_chi_sinh_hoat OR sinh_hoat_tam_thoi)
        ) AS present
    FROM dang_vien
    GROUP BY chi_bo
),

disciplined AS (  -- II.B.2.3.d/5: by the Party, in force within the year, not counted before
    SELECT DISTINCT k."of" AS id
    FROM ky_luat AS k
    WHERE k.ngay_hieu_luc BETWEEN DATE '2021-01-01' AND DATE '2021-12-31'
        AND k.hinh_thuc NOT IN ('ha_bac_luong', 'giang_chuc', 'buoc_thoi_viec')
),

graded AS (  -- the least of the results, and of the other criteria; what does not apply is null
    SELECT
        m.id,
        m.chi_bo,
        m."phieu.hoan_thanh_xuat_sac" AS best_votes,
        m."phieu.hoan_thanh_tot" AS good_votes,
        m."phieu.hoan_thanh" AS fair_votes,
        m."phieu.khong_hoan_thanh" AS low_votes,
        m.mien_cong_tac OR m.dinh_chi_sinh_hoat OR m.ngay_ket_nap > DATE '2021-06-15' AS is_out,
        m.la_cong_chuc AND m.ket_qua_cong_chuc = 'chua_co'
        OR m.chuyen_cong_tac AND NOT m.co_nhan_xet_noi_cu
            AND m.ngay_ve_noi_cu + INTERVAL 6 MONTH <= m.ngay_chuyen
        OR m.sinh_hoat_tam_thoi AND NOT m.co_nhan_xet_tam_thoi AS is_pending,
        m.la_cong_chuc AND m.ket_qua_cong_chuc = 'khong_xep' AS is_deferred,
        m.la_cong_chuc AND m.ket_qua_cong_chuc = 'chua_co' AS may_be_deferred,
        m.duoc_cong_nhan_tieu_bieu AS is_outstanding,
        m.so_chi_tieu > 0 AND 2 * m.so_chi_tieu_hoan_thanh < m.so_chi_tieu AS is_under_half,
        m.so_thang_nghi_om >= 3 AS was_ill,
        CASE m.xep_loai_cong_chuc
            WHEN 'hoan_thanh_xuat_sac' THEN 3 WHEN 'hoan_thanh_tot' THEN 2
            WHEN 'hoan_thanh' THEN 1 WHEN 'khong_hoan_thanh' THEN 0 ELSE 3
        END AS as_official,
        least(
            grade(m."criteria.chuc_trach"), grade(m."criteria.chi_tieu"),
            grade(m."criteria.covid")
        ) AS results,
        least(
            grade(m."criteria.tu_tuong"), grade(m."criteria.dao_duc"),
            grade(m."criteria.ky_luat_to_chuc"), grade(m."criteria.tac_phong"),
            grade(m."criteria.don_vi_phu_trach"), grade(m."criteria.cam_ket"),
            grade(m."criteria.khac_phuc")
        ) AS others
    FROM dang_vien AS m
),

capped AS (
    SELECT
        g.*,
        b.grassroots,
        CASE WHEN b.is_grassroots THEN v.present ELSE b.committee END AS base,
        least(
            CASE
                WHEN g.is_under_half OR g.as_official = 0 OR d.id IS NOT NULL THEN 0
                WHEN least(g.results, g.others) < 1 THEN 0
                WHEN g.results < 2 OR g.as_official < 2 THEN 1
                WHEN g.results < 3 OR g.others < 2 OR g.as_official < 3 OR NOT g.is_outstanding
                    THEN 2
                ELSE 3
            END,
            CASE WHEN g.was_ill THEN 1 ELSE 3 END
        ) AS ceiling
    FROM graded AS g
    JOIN bodies AS b ON b.cell = g.chi_bo
    JOIN voters AS v ON v.cell = g.chi_bo
    LEFT JOIN disciplined AS d ON d.id = g.id
),

voted AS (  -- II.B.6/14: the level with more than half, but none above the standards
    SELECT
        *,
        CASE
            WHEN 2 * best_votes > base THEN 3 WHEN 2 * good_votes > base THEN 2
            WHEN 2 * fair_votes > base THEN 1 WHEN 2 * low_votes > base THEN 0
        END AS winner
    FROM capped
    WHERE NOT is_out
),

bounded AS MATERIALIZED (  -- what a body is still to choose lies anywhere up to the ceiling, who waits may be out
    SELECT
        id,
        grassroots,
        best_votes,
        is_pending,
        CASE WHEN is_pending OR is_deferred OR winner IS NULL THEN 0 ELSE least(winner, ceiling)
        END AS low,
        CASE WHEN is_deferred OR may_be_deferred OR winner IS NULL THEN ceiling
            ELSE least(winner, ceiling)
        END AS high
    FROM voted
),

-- Quota.

counted AS (  -- II.B.2.3.a/4: of those good or better; who may be excellent may be one of them
    SELECT
        grassroots,
        count(*) FILTER (WHERE low >= 2) AS base_low,
        count(*) FILTER (WHERE high >= 2) AS base_high,
        count(*) FILTER (WHERE low = 3) AS sure,
        count(*) FILTER (WHERE high = 3 AND low < 3) AS open
    FROM bounded
    GROUP BY grassroots
),

groups AS (  -- a fifth, II.B.6/13: of fewer than five one; each open one that is kept is in the base
    SELECT
        grassroots,
        CASE
            WHEN sure > places(base_low) THEN places(base_low)
            ELSE sure + list_max(
                list_filter(range(0, open + 1), lambda t: places(base_low + t) >= sure + t)
            )
        END AS places_low,
        places(base_high) AS places_high,
        open = 0 AND places(base_low) = places(base_high) AS is_exact
    FROM counted
),

ordered AS (
    SELECT
        id,
        count(*) OVER up_to_level AS not_behind,
        count(*) FILTER (WHERE low = 3) OVER above_it AS ahead
    FROM bounded
    WHERE high = 3
    WINDOW
        up_to_level AS (PARTITION BY grassroots ORDER BY best_votes DESC RANGE UNBOUNDED PRECEDING),
        above_it AS (
            PARTITION BY grassroots ORDER BY best_votes DESC
            RANGE UNBOUNDED PRECEDING EXCLUDE GROUP
        )
),

settled AS (
    SELECT
        b.id,
        CASE
            WHEN b.is_pending THEN 'pending'
            WHEN b.low < b.high THEN 'needs_decision'
            WHEN b.high < 3 OR o.not_behind <= g.places_low OR o.ahead >= g.places_high
                THEN 'ranked'
            WHEN g.is_exact THEN 'needs_decision'
            ELSE 'undetermined'
        END AS status,
        CASE WHEN b.high < 3 OR o.not_behind <= g.places_low THEN b.high ELSE 2 END AS level
    FROM bounded AS b
    JOIN groups AS g USING (grassroots)
    LEFT JOIN ordered AS o USING (id)
)

SELECT id, 'not_ranked' AS status, NULL AS level FROM capped WHERE is_out
UNION ALL
SELECT id, status, CASE WHEN status = 'ranked' THEN level END FROM settled
