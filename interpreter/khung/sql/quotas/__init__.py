"""Quotas in SQL: who stays, and what is told of each group.

`quota_statements(shape)` gives the statements of one quota, to be run in their order: an `Sql`
makes a relation of a query, a `Tabulated` one of the few rows of a query with what
`khung.population.places` makes of each. `slow=True` takes the general way also where the shape says
that a simpler one would do.

In (`QuotaShape.members`) is a row for each subject of the type that may belong to the quota: that
may be in the ranking, and for whom its `when` may hold. No truth and no level is null. L is the
rank that is limited (`shape.level`).

* `rid`, `cs` (BIGINT): the number of the subject, in the order of its case; that of the case.
* `k0` …: the parts of the key, of any type; null is not known. `k0_absent`, for the parts in
  `shape.absent`: it is known not to apply.
* `sure`: it surely belongs.
* `fixed`: a level is given after the quota.
* `lvl_lo`, `lvl_hi`: ranks of the level before the quota, or of the one given.
* `comp_lo`, `comp_hi`: the quota touches it.
* `o0_lo`, `o0_hi` …: the order keys, of any ordered type; null is no end. Both are null of a key
  that cannot be worked out or does not apply.
* `o_missing`, where there are order keys: one of them is open for want of a fact.
* `at_lo`, `at_hi`: it is counted if its final level is one from `max(lvl_lo, L)` to `lvl_hi`. Read
  where `lvl_hi >= L`.
* `cut_lo`, `cut_hi`: it is counted if its level is `others`. Read where `lvl_hi >= L`.
* `low_lo`, `low_hi`: it is counted at its own level, `lvl_lo` to `lvl_hi`; one that may be a
  candidate (`lvl_hi >= L`, not `fixed`, `comp_hi`) at one from `lvl_lo` to `L - 1`, read where
  `lvl_lo < L`.
* `am_lo_n`, `am_lo_d`, `am_hi_n`, `am_hi_d`, where `shape.shared`: the ends of the share as it is
  read on this member, whole numbers, from 0 to 1.
* `pl_lo`, `pl_hi`, where `shape.placed`: the ends of the places as they are read on this member,
  rounded down, not below 0; null is no end.
* `size`, where `shape.sized`: how many have its key at most; null is no end.

Whether one is counted is asked once of all levels between two ends, as the reference evaluator
does, and not of each rank. `shape.said` names for a column that is not to be read the constant or
the other column that stands in its place (`{"sure": "TRUE", "lvl_hi": "lvl_lo"}`). What is constant
is folded away, so that complete data need one grouping and one sort of the candidates.

`shape.outside` has `rid`, `cs` and the key of those of the type who surely do not belong, and is
read for `size` only. `shape.whole` has `cs`, `is_whole`: whether all of the type stand in a case.

Out are, by `shape.relation(NAME)`:

* `steps`: `rid`, `gid` (0 if its key is not known), `lo`, `hi` (the level after), `placement`
  (`kept`, `cut`, `open`), `decision` (`tie`, `n_of_m`, null), `decision_places`, then
  `shape.columns` as members have them. It has a row for each one whom the quota may touch; others
  keep their level.
* `told`: `gid`, `cs`, the key, `base_lo`, `base_hi`, `places_lo`, `places_hi` (a most of null is no
  end), `kept`, `cut`, `opened` (how many of each), `decision`, `decision_places`, `is_whole`,
  `unseen` (how many more there may be; `ENDLESS` is any number), `share_lo_n`, `share_lo_d`,
  `share_hi_n`, `share_hi_d` (1 of 1 where there is none).
* `listed`: `gid`, `rid`, `place` (`kept`, `cut`, `open`), in the order of `sort` and `rid`: who is
  told of as such in a group. One of unknown key is in each that it may be in: these may be many.

A quota of which a candidate is in several groups (`within`, `per each`) is a `JointShape`, and
`joint_statement(shape)` gives one `Settled`: `khung.population.joint.settle` fetches its rows and
yields, for each case, those of `steps` (columns `STEPS`, then `shape.columns`), `told` (`TOLD`) and
`listed` (`LISTED`). Members are as above, without key and limits, and all columns are read. Of
those who are in no group there need be no row. `shape.keys` has a row for each group that one may be in:

* `rid`, `cs`, `grouping` (its place among the groupings, from 0), `k0`: the key, which is known.
* `sure`: it surely has that key, if it belongs (always so but for elements of a list).
* `is_open`: instead of a key (`k0` is null), that one has a key that is not known, or further keys.
* `may_lack`: of such a one of `within`, that the key may not apply.
* `nth`: the place of the key among those of its list, in whose order groups are told.
* The limits as read with that key, by the names above; those that the grouping has not are null.

`shape.outside` has `cs`, `grouping`, `k0` of those who do not belong.
"""
