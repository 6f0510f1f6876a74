-- %41 and + as SPL's urldecode reads them; bytes that are no UTF-8 leave the text as it is.
create or replace macro spl_url_decode(value) as coalesce(try(url_decode(replace(value, '+', ' '))), value);
