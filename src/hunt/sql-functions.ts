/**
 * Functions that hunting SQL may call. What is not here is refused: DuckDB 1.5 offers plain SELECTs
 * functions that read files, run other SQL, write logs, change settings and sequences, or compute for
 * minutes where no interrupt reaches (edit distances, formatted widths, list_reduce over a long list).
 */

/** Scalar functions, aggregates, window functions, and the names that DuckDB's parser gives to syntax. */
export const allowedFunctions: ReadonlySet<string> = new Set(
  [
    // operators and syntax
    '+ - * / // % ** ^ & | ~ << >> || @> <@ && ->> ^@ ~~ !~~ ~~* !~~* ~~~ like_escape not_like_escape ilike_escape',
    'not_ilike_escape struct_pack list_value row list_extract array_extract struct_extract map_extract list_slice',
    'array_slice date_part in contains position unnest count_star coalesce nullif ifnull if case map grouping',
    // text
    'ascii ord chr char_length character_length length len strlen length_grapheme bit_length octet_length lower lcase',
    'upper ucase trim ltrim rtrim left right substr substring left_grapheme right_grapheme substring_grapheme reverse',
    'concat concat_ws starts_with ends_with prefix suffix instr strpos split split_part str_split string_split',
    'str_split_regex string_split_regex string_to_array array_to_string replace translate strip_accents nfc_normalize',
    'unicode url_decode url_encode parse_dirname parse_dirpath parse_filename parse_path regexp_escape regexp_extract',
    'regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array repeat lpad rpad',
    'format_bytes formatreadablesize formatreadabledecimalsize bar to_base64 base64 from_base64 hex to_hex unhex',
    'from_hex bin unbin encode decode md5 md5_number sha1 sha256 hash',
    // numbers
    'abs ceil ceiling floor round round_even trunc sign signbit sqrt cbrt exp ln log log2 log10 pow power mod fmod',
    'fdiv add subtract multiply divide greatest least gcd lcm pi random sin cos tan asin acos atan atan2 degrees',
    'radians even factorial gamma lgamma isnan isinf isfinite bit_count xor width_bucket nextafter',
    // times
    'now today current_date current_timestamp get_current_timestamp get_current_time current_localtimestamp',
    'current_localtime transaction_timestamp age ago date_add date_diff datediff date_sub datesub date_trunc datetrunc',
    'datepart time_bucket strftime strptime try_strptime make_date make_time make_timestamp make_timestamp_ms',
    'make_timestamp_ns make_timestamptz to_timestamp timezone timezone_hour timezone_minute epoch epoch_ms epoch_us',
    'epoch_ns last_day days_in_month dayname monthname year month day hour minute second millisecond microsecond',
    'nanosecond century decade millennium era quarter week weekofyear yearweek dayofmonth dayofweek dayofyear weekday',
    'isodow isoyear julian to_years to_quarters to_months to_weeks to_days to_hours to_minutes to_seconds',
    'to_milliseconds to_microseconds to_centuries to_decades to_millennia',
    // lists, structs, maps
    'array_length cardinality flatten list_pack list_concat list_cat array_cat array_concat list_append array_append',
    'list_prepend array_prepend list_contains list_has array_contains array_has list_has_any array_has_any list_has_all',
    'array_has_all list_position list_indexof array_position array_indexof list_distinct array_distinct list_unique',
    'array_unique list_filter array_filter filter list_transform list_apply array_transform array_apply apply',
    'list_sort array_sort list_reverse_sort array_reverse_sort list_reverse',
    'array_reverse list_intersect array_intersect list_zip array_zip list_where list_select list_element element_at',
    'list_resize array_resize list_aggregate array_aggregate list_aggr array_aggr aggregate list_any_value list_avg',
    'list_bool_and list_bool_or list_count list_first list_last list_max list_median list_min list_mode',
    'list_approx_count_distinct list_histogram list_string_agg list_sum list_product list_stddev_pop list_stddev_samp',
    'list_var_pop list_var_samp range generate_series generate_subscripts struct_extract_at struct_insert struct_keys',
    'struct_values struct_concat struct_contains struct_has map_contains map_contains_entry map_contains_value map_concat',
    'map_entries map_extract_value map_from_entries map_keys map_values',
    // JSON
    'json to_json row_to_json array_to_json json_array json_array_length json_contains json_exists json_extract',
    'json_extract_path json_extract_path_text json_extract_string json_keys json_merge_patch json_object json_pretty',
    'json_quote json_structure json_transform json_transform_strict from_json from_json_strict json_type json_valid',
    'json_value json_group_array json_group_object json_group_structure',
    // kinds and this session
    'typeof pg_typeof error can_cast_implicitly cast_to_type getvariable version uuid gen_random_uuid uuidv4 uuidv7',
    'current_database current_schema constant_or_null alias',
    // aggregates
    'any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max argmax max_by arg_min argmin min_by',
    'arg_max_null arg_min_null array_agg list avg mean bit_and bit_or bit_xor bool_and bool_or count countif count_if',
    'corr covar_pop covar_samp entropy favg fsum kahan_sum sumkahan first first_value last last_value geomean',
    'geometric_mean histogram kurtosis kurtosis_pop mad max min median mode product quantile quantile_cont quantile_disc',
    'reservoir_quantile regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy sem',
    'skewness stddev stddev_pop stddev_samp string_agg group_concat listagg sum sum_no_overflow var_pop var_samp variance',
    'weighted_avg wavg',
    // windows
    'row_number rank dense_rank rank_dense percent_rank cume_dist ntile lag lead nth_value fill',
  ].flatMap((line) => line.split(' ')),
);

/** Functions that hunting SQL may read from (`from range(10)`). */
export const allowedTableFunctions: ReadonlySet<string> = new Set([
  'range',
  'generate_series',
  'unnest',
  'json_each',
  'json_tree',
]);

/** Our own macros, in sql/macros: pure functions that SPL needs. */
export const ownMacroPrefix = 'spl_';

export const seriesFunctions: ReadonlySet<string> = new Set(['range', 'generate_series']);

/** Functions whose second argument says how long a list becomes, and the third what fills it. */
export const resizeFunctions: ReadonlySet<string> = new Set(['list_resize', 'array_resize']);

/** Functions whose second argument says how long a text becomes. */
export const padFunctions: ReadonlySet<string> = new Set(['lpad', 'rpad']);

export const replaceFunctions: ReadonlySet<string> = new Set(['replace', 'regexp_replace']);

/** Functions that put a text between others, and which argument that is. */
export const joinFunctions: Readonly<Record<string, number>> = {
  array_to_string: 1,
  list_string_agg: 1,
  string_agg: 1,
  group_concat: 1,
  listagg: 1,
  list_aggregate: 2,
  list_aggr: 2,
  array_aggregate: 2,
  array_aggr: 2,
  aggregate: 2,
};

/** Functions that run a lambda over each element of a list. */
export const lambdaFunctions: ReadonlySet<string> = new Set(
  'list_filter array_filter filter list_transform list_apply array_transform array_apply apply'.split(' '),
);

/** Functions that may write two characters for one, and double what they wrote themselves. */
export const doublingFunctions: ReadonlySet<string> = new Set(
  [
    'hex to_hex to_base64 base64 url_encode regexp_escape nfc_normalize to_json row_to_json array_to_json json_quote',
    'json_array json_object json_group_array json_group_object',
  ].flatMap((line) => line.split(' ')),
);

/** Functions whose result is short however long their arguments are. */
export const shortResults: ReadonlySet<string> = new Set(
  [
    'in contains position ~~ !~~ ~~* !~~* ~~~ like_escape not_like_escape ilike_escape not_ilike_escape @> <@ && ^@',
    'ascii ord char_length character_length length len strlen length_grapheme bit_length octet_length starts_with ends_with',
    'prefix suffix instr strpos unicode regexp_full_match regexp_matches md5 md5_number sha1 sha256 hash',
    'array_length cardinality list_contains list_has array_contains array_has list_has_any array_has_any list_has_all',
    'array_has_all list_position list_indexof array_position array_indexof list_unique array_unique map_contains',
    'map_contains_entry map_contains_value struct_contains struct_has json_array_length json_contains json_exists',
    'json_type json_valid typeof pg_typeof count count_if countif count_star approx_count_distinct date_diff datediff',
    'list_count list_bool_and list_bool_or list_avg list_sum list_median list_approx_count_distinct',
  ].flatMap((line) => line.split(' ')),
);
