"""The ``.sms`` accessor: ``import callr_segment.pandas``, then ``frame["text"].sms.parts()``."""

from __future__ import annotations

from callr_segment.alphabet.gsm import Limits
from callr_segment.errors import MissingExtra
from callr_segment.text.rewrites import Rewrite, rewrite

try:
    import pandas as pd

    from callr_segment.campaign.messages.segment_table import SegmentTable, segment_many
except ModuleNotFoundError as error:
    raise MissingExtra(f'the accessor needs {error.name}: pip install "callr-segment[campaign]"') from error

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
        self, *, encoding: str | None = None, errors: str = "strict", limits: Limits | None = None
    ) -> pd.DataFrame:
        """Tell how each text will be sent: a frame with the index of the column.

        >>> pd.Series(["Bonjour"], index=["a"]).sms.segment().loc["a", "remaining"]
        np.int32(153)
        """
        return self._table(encoding, errors, limits).to_pandas()

    def parts(
        self, *, encoding: str | None = None, errors: str = "strict", limits: Limits | None = None
    ) -> pd.Series:
        """Tell how many parts each text will be billed as; missing where the text is."""
        return self.segment(encoding=encoding, errors=errors, limits=limits)["parts"]

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
        return self._series.map(lambda text: rewrite(text, *rules), na_action="ignore")

    def _table(self, encoding: str | None, errors: str, limits: Limits | None) -> SegmentTable:
        return segment_many(self._series, encoding=encoding, errors=errors, limits=limits)
