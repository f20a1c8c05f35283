"""The ``.sms`` accessor: ``import callr_segment.pandas``, then ``frame["text"].sms.parts()``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callr_segment.alphabet.gsm import Limits
from callr_segment.errors import MissingExtra
from callr_segment.text.message import segment
from callr_segment.text.rewrites import Rewrite, rewrite
from callr_segment.typing import Encoding, Errors

try:
    import pandas as pd

    from callr_segment.campaign.checking import check_many
    from callr_segment.campaign.columns.arrow import arrow_column, is_arrow
    from callr_segment.campaign.messages.segment_table import SegmentTable, segment_many
except ModuleNotFoundError as _error:
    raise MissingExtra(f'the accessor needs {_error.name}: pip install "callr-segment[campaign]"') from _error

__all__ = ["SmsAccessor"]


@pd.api.extensions.register_series_accessor("sms")
class SmsAccessor:
    """What the texts of a column come to as SMS.

    >>> pd.Series(["Bonjour", "Ça va ?"]).sms.parts().tolist()
    [1, 1]
    """

    def __init__(self, series: pd.Series) -> None:
        kind = series.dtype
        if kind.kind not in "OU" and not isinstance(
            kind, (pd.StringDtype, pd.CategoricalDtype, pd.ArrowDtype)
        ):
            raise AttributeError(f"the .sms accessor is for columns of texts, not of {kind}")
        self._series = series

    def segment(
        self, *, encoding: Encoding | None = None, errors: Errors = "strict", limits: Limits | None = None
    ) -> pd.DataFrame:
        """Tell how each text will be sent: a frame with the index of the column.

        >>> pd.Series(["Bonjour"], index=["a"]).sms.segment().loc["a", "remaining"]
        np.int32(153)
        """
        return self._table(encoding, errors, limits).to_pandas()

    def parts(
        self, *, encoding: Encoding | None = None, errors: Errors = "strict", limits: Limits | None = None
    ) -> pd.Series:
        """Tell how many parts each text will be billed as; missing where the text is."""
        return self.segment(encoding=encoding, errors=errors, limits=limits)["parts"]

    def units(
        self, *, encoding: Encoding | None = None, errors: Errors = "strict", limits: Limits | None = None
    ) -> pd.Series:
        """Tell how many units each text has: septets of GSM, or UTF-16 code units of Unicode.

        >>> pd.Series(["5 €", "ça"]).sms.units().tolist()
        [4, 2]
        """
        return self.segment(encoding=encoding, errors=errors, limits=limits)["units"]

    def encoding(self) -> pd.Series:
        """Tell what each text will be sent in: ``"gsm"`` or ``"unicode"``, missing where the text is.

        >>> pd.Series(["à", "â", None]).sms.encoding().tolist()
        ['gsm', 'unicode', <NA>]
        """
        names = self.is_gsm().map({True: "gsm", False: "unicode"})
        return names.astype("string").rename("encoding")

    def culprits(self) -> pd.Series:
        """Show the characters that make each text Unicode, each once; nothing where it is GSM.

        >>> pd.Series(["C’est ça…", "ok"]).sms.culprits().tolist()
        ['’ç…', '']
        """
        found = self._map(_culprits)
        return found.astype("string").rename("culprits")

    def check(self, **options: Any) -> pd.DataFrame:
        """List what is wrong with the texts before they are sent; the options are those of `check_many`.

        One line for each problem, ``row`` being the label of the text in this column: see `check_many`.

        >>> pd.Series(["Votre code est 1", ""]).sms.check()[["row", "code"]].values.tolist()
        [[1, 'empty']]
        """
        return check_many(self._series.to_frame("text"), text="{text}", **options)

    def is_gsm(self) -> pd.Series:
        """Tell which texts GSM 03.38 can carry.

        >>> pd.Series(["à", "â", None]).sms.is_gsm().tolist()
        [True, False, <NA>]
        """
        return self.segment()["is_gsm"]

    def rewrite(self, *rules: Rewrite) -> pd.Series:
        """Rewrite each text where it then has fewer parts; the others stay as they are.

        >>> pd.Series(["It’s " + "a" * 80]).sms.rewrite().str[:5].tolist()
        ["It's "]
        """
        return self._map(lambda text: rewrite(text, *rules))

    def _map(self, function: Callable[[str], str]) -> pd.Series:
        if is_arrow(self._series):
            arrow_column(self._series, self._series.name, utf8=True)  # pandas reads what is damaged, too
        return self._series.map(function, na_action="ignore")

    def _table(self, encoding: Encoding | None, errors: Errors, limits: Limits | None) -> SegmentTable:
        return segment_many(self._series, encoding=encoding, errors=errors, limits=limits)


def _culprits(text: str) -> str:
    return "".join(culprit.character for culprit in segment(text).culprits)
